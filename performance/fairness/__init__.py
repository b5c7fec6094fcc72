"""Fairness and gaming: the looks of each month, clues with their evidence, and what people make of them."""
