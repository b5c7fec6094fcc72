"""Pages of paying out."""
