"""`./dev sync`: brings changed functions into a local cloud that is up."""
