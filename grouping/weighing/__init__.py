"""Weights of a draft: edited row by row, beside a proposal from the stored cases."""
