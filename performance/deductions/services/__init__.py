"""Deeds of deductions: charged, taken, lifted."""
