"""What is done when money is paid out: one module a noun."""
