"""Commands for those who run the pipeline, and what the demo shares with them; the set-up of the private environment."""
