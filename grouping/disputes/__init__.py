"""Disputes about a rule, group, weight or definition of a scheme."""
