"""Objections and appeals: filed from a number, answered in time by others, corrected in the books."""
