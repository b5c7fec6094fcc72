"""What the pages of files, cases and schemes show."""
