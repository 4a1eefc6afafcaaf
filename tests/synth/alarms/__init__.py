"""Evaluates synthesized alarms as CloudWatch does, and holds each of them to points at which it rings and does not."""
