"""Disclosure to the public (S2-53): budget executed, outcomes, satisfaction; sums of released months."""
