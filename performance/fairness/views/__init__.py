"""Pages of clues."""
