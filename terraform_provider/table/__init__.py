"""The table of resource types, by service; what no table can say is in the hooks beside them."""
