"""The functions' ZIPs."""
