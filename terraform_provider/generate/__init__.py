"""Generates the schemas from the cdktf bindings, and the messages from the protocol's definitions."""
