"""Commands for those who run the pipeline, with what the demo shares of them; the private environment's set-up."""
