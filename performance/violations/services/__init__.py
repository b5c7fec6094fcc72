"""What happens to violation cases."""
