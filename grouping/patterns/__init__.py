"""Counts of cases that a look for unusual patterns starts from; each with the cases behind it."""
