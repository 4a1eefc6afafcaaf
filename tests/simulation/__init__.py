"""Exactly once, proved by simulation: the handlers and the workflow against AWS in memory, and a seeded nemesis."""
