"""Pages of letters and consequences."""
