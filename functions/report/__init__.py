"""The domain, pure: a report's bytes in, validation result, corrections or transactions out.

A folder imports only folders before it: `format`, `errors`, `parsing` and `rules`, `bulk` and `result`; the modules
here import them all. None imports boto3, or reads the environment or the clock.
"""
