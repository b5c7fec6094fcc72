"""Pages of the month's life."""
