"""Pages of collaboration with 2,000 and with 200,000 rows: time and queries of an answer."""

from __future__ import annotations

from dataclasses import replace

from benchmarks import asking, booked, referred
from benchmarks.report import Section

FEW, MANY = 2_000, 200_000


def measure() -> Section:
    """Referrals, then equipment, each at both sizes in databases of their own."""
    referrals = asking.compare(referred.stage, FEW, MANY)
    equipment = asking.compare(booked.stage, FEW, MANY)
    return Section(
        "Pages of collaboration",
        f"{MANY:,} referrals of two years, some seven hundred of them alive, of 16 institutions; "
        f"{MANY:,} bookings and their uses on {booked.DEVICES} devices. Each page asked {asking.ASKED} "
        "times in turn with the others through all middleware, in one process, with row security; the "
        "floor is a page without any list. Wall time: what else runs on the machine is in it, and in "
        "the floor alike.",
        (replace(referrals, title="Referrals"), replace(equipment, title="Shared equipment")),
    )
