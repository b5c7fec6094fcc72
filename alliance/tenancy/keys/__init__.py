"""SQL of keys that are proved once a statement."""
