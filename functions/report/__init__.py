"""The domain, pure: a report's bytes in, validation result, corrections or transactions out.

`format` <- `errors` <- `parsing`, `rules` <- `bulk`, `result` <- `row_validator` <- `validator`. Imports no boto3,
reads no environment and no clock.
"""
