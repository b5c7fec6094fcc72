"""What entitlement sheets and uplifts share: decided by two people on a paper, set aside, printed, read."""
