"""Pages of declared values."""
