"""What needs no API key: GET / and GET /health, and what browsers ask before they call from another origin."""
