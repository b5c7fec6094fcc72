"""Pay: from pools to persons; pages and services (practice.md 1, 4, 6)."""
