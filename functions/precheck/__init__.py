"""POST /validate: a report is validated, and nothing of it is kept."""
