"""Off-site care filing 异地就医备案: one form instead of three counters, answered within the hour (S1-48)."""
