"""What happens to responsibility letters."""
