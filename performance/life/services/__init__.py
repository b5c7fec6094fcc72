"""What is done with a month on its calendar and after its approval: one module a noun."""
