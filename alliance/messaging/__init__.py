"""Messages to the outside about what waits: counts, kinds and links, never a patient's data."""
