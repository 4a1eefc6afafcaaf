"""`./dev local`: submits reports to the local pipeline and shows the outcomes."""
