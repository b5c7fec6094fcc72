"""Error tolerance 容错纠错: who followed the pathway does not stand alone for it (S1-72, S2-54)."""
