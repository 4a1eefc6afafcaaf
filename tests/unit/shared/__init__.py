"""The building blocks in shared/, each through its public door."""
