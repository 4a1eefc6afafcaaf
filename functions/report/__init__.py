"""The domain, pure: report format, currencies, judge, byte ranges, rows. No boto3, no environment, no clock."""
