"""Two persons, votes and bodies: money and rules are never one hand’s work (practice.md section 4)."""
