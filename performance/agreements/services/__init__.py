"""What happens to agreements."""
