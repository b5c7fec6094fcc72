"""An alliance's own indicators: from a tried formula to one that schemes may score by (S0-10)."""
