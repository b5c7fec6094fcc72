"""Pages of tariffs: rates, institution coefficients, adjustments."""
