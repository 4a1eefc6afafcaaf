"""An environment's settings: what they are, and the rules that they must satisfy."""
