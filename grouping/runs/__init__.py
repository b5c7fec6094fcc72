"""Runs over stored cases: read in pages, grouped by the compiled scheme, stored in one statement a page."""
