"""What the pages of mutual confirmation show."""
