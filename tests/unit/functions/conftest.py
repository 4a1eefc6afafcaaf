"""Settings of Hypothesis for the tests of the functions."""

from hypothesis import settings

# A shared machine is slow at times; no test is about time.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
