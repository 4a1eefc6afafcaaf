"""Lives as long as the account: the state of all environments, and what API Gateway needs to write logs."""
