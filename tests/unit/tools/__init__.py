"""Set-up and the one door."""
