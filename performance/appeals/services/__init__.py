"""Deeds of appeals: filed, assigned, decided, corrected."""
