"""Proves that each function's role has what it needs and no more: without any one permission, a check fails.

A pipeline is deployed on a local cloud that evaluates IAM policies. A role's policy is then changed in place.
"""
