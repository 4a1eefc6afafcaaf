"""`./dev local`: sends the sample reports through the pipeline and shows the outcome."""
