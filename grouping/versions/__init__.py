"""The versions of grouping schemes: what the database itself keeps of them."""
