"""The domain, pure: report format, currencies, validate_report, byte ranges, rows. No boto3, no environment, no clock."""
