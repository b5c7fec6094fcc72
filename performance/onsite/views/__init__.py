"""Pages of on-site assessment."""
