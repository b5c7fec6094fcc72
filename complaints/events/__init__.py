"""Focus groups and the monthly day of patients 医保患者体验日 (S1-47)."""
