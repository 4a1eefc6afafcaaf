"""Installs the toolchain on a machine that has only Python, then runs the nox sessions. Standard library only."""
