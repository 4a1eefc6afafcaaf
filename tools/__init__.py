"""Commands for those who run the pipeline, and the set-up of the private environment."""
