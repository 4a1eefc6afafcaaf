"""What AWS charges and allows: prices and quotas, each with the page where it was looked up."""
