"""Writes what is generated anew: the schemas from the cdktf bindings, the messages from the protocol's definitions."""
