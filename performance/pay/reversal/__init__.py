"""What was posted by mistake goes back whole, by two people (walls.md 2): entries of funds, pools, pots."""
