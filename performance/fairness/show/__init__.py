"""What the pages of clues show."""
