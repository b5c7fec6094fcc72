"""Pages of referrals with 2,000 and with 200,000 of them: time and queries of an answer."""

from __future__ import annotations

from benchmarks import asking, referred
from benchmarks.report import Section

FEW, MANY = 2_000, 200_000


def measure() -> Section:
    """Both sizes, each in a database of its own."""
    return Section(
        "Pages of referrals",
        f"{MANY:,} referrals of two years and 16 institutions, seven hundred of them alive. {asking.HOW}",
        (asking.compare(referred.stage, FEW, MANY),),
    )
