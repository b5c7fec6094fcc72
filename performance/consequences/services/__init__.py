"""Deeds of consequences: letters, proposals, the year."""
