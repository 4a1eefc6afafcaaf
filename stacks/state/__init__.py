"""As long as the account: where the state of all environments lies, and what API Gateway needs to write logs."""
