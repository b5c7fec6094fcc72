"""Dry runs of a scheme version on past months: what it would shift, before it takes force."""
