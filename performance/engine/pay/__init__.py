"""Pay, pure: what a surplus becomes, how a pool flows from institutions to persons, what no pool may be."""
