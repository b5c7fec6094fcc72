"""The demonstration's October: mostly agreed, some counted otherwise, some silent."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

from alliance.confirmation import facts
from alliance.demo import build_alliance
from alliance.lib.period import Month
from alliance.tenancy.scope import act_in
from performance.demonstration import confirmations, deliveries, equipment, ground, postings


def test_a_county_month_confirmed_by_both_sides(db: None) -> None:
    demo = build_alliance("lanchuan")
    base = ground.load(demo, "!")
    deliveries.refer(base, demo)
    today = date(2026, 11, 9)
    postings.load(base, today)
    equipment.load(base, demo, today)
    said = confirmations.load(base, today)
    with act_in(base.alliance):
        found = facts.line_facts(Month(2026, 10), datetime(2026, 11, 9, tzinfo=UTC))
    states = Counter(one.state for one in found)
    assert said == f"{len(found)} lines, {states['agreed']} agreed, {states['differs']} counted otherwise"
    assert states["agreed"] > len(found) / 2 and states["differs"] == 2 and states["silent"] > 0
    assert sum(one.holds is not None for one in found) == states["agreed"]
