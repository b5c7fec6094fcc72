"""Pages of mutual confirmation."""
