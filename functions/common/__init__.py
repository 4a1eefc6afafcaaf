"""What several functions share: uploads, banks, reports and their ports, HTTP, settings, logging."""
