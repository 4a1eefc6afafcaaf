"""Deploys the stacks to the local cloud."""
