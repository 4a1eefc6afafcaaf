"""The synthesized workflow, interpreted: Amazon States Language, as far as the definition uses it."""
