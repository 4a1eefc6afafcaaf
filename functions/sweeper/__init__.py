"""Runs every minute: restarts or fails what is stuck, and starts what was stored but never begun."""
