"""Deeds of uplifts: the list of linked indicators, a sheet, what both are read from."""
