"""Metrics: the roll-up of each month, what it is compared with, readmission, the pages that show it."""
