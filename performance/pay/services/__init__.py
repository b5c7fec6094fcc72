"""What is done with money of pay: one module a noun."""
