"""The environment's dashboard in CloudWatch: what it shows, and how that is written."""
