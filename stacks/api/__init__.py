"""The face to the banks: REST API, keys, usage plans, stage, access log. No business rules."""
