"""The door of declared and imported values: entered, proved, confirmed, counted (S0-15, S3-33)."""
