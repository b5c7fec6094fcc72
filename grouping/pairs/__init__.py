"""Stays with two documents: which settlement list belongs to which front page, and where they differ."""
