"""What is done with entitlement sheets."""
