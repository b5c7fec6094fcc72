"""Bulletin, assessment notice and minutes: filled from a month, edited, released by a second person."""
