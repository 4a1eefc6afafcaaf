"""Draws the deployed dashboard with what a local run has measured: docs/dashboard.svg."""
