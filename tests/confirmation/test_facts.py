"""What the floors above are told."""

from __future__ import annotations

from datetime import UTC, datetime

from alliance.confirmation import facts, services
from alliance.lib.period import Month
from tests.confirmation.scene import (
    AFTER,
    NOW,
    OCTOBER,
    confirm,
    line,
    object_to,
    opened,
    use,
)
from tests.consultations.scene import after as consultation_after
from tests.consultations.scene import answered, asked, read
from tests.world import World

UP, DAYS, USES = "referral.up", "posting.day", "equipment.use"


def test_pairs_tell_what_is_agreed_with_the_ids_behind(qinghe: World) -> None:
    opened(qinghe)
    for name in ("shi", "kong"):
        confirm(UP, qinghe.people[name])
        confirm(DAYS, qinghe.people[name])
    confirm(USES, qinghe.shi)
    (pair,) = facts.pair_facts(OCTOBER, AFTER)
    assert (pair.first, pair.second) == ("QH01", "QH11")
    assert (pair.agreed, pair.settled, pair.not_agreed) == (2, 0, 1)
    assert {kind: len(ids) for kind, ids in pair.agreed_ids.items()} == {UP: 3, DAYS: 4}
    assert {kind: len(ids) for kind, ids in pair.other_ids.items()} == {USES: 2}
    places = {one.institution: one for one in facts.place_facts(OCTOBER, AFTER)}
    assert (places["QH01"].own, places["QH11"].own) == (1, 0), "the hospital was silent about its CT"


def test_what_the_office_decided_holds_until_the_records_change(qinghe: World) -> None:
    opened(qinghe)
    made = object_to(USES, qinghe.shi, own_count=1, own_units=15, reason="twice")
    services.settle(by=qinghe.luo, difference=made, count=1, units=15, text="台账重复", now=AFTER)
    fact = next(one for one in facts.line_facts(OCTOBER, AFTER) if one.kind == USES)
    assert (fact.state, fact.count, fact.holds, fact.holds_units) == ("settled", 2, 1, 15)
    use(qinghe, "L-5")
    fact = next(one for one in facts.line_facts(OCTOBER, AFTER) if one.kind == USES)
    assert (fact.holds, fact.agreed) == (None, False)


def test_nothing_is_said_about_a_month_before_it_is_opened(qinghe: World) -> None:
    assert facts.line_facts(OCTOBER, NOW) == [] and facts.open_lines(OCTOBER) is None
    opened(qinghe)
    found = facts.open_lines(OCTOBER)
    assert found is not None and (found.lines, found.not_agreed, found.differences) == (3, 3, 0)
    assert facts.line_facts(Month(2026, 9), NOW) == []
    said, agreed, differences = facts.history(line(UP).pk)
    assert (said, agreed, differences) == ([], [], [])


def test_consultations_and_readings_answered_are_lines_of_their_own(qinghe: World) -> None:
    answered(qinghe, asked(qinghe), now=consultation_after(hours=1))
    answered(qinghe, read(qinghe), now=consultation_after(hours=2))
    december = datetime(2026, 12, 3, 2, 0, tzinfo=UTC)
    services.open_round(by=qinghe.luo, month=Month(2026, 11), now=december)
    found = {one.kind: one for one in facts.line_facts(Month(2026, 11), december)}
    assert set(found) == {"consultation.answer", "consultation.reading"}
    assert all((one.giver, one.taker, one.count) == ("QH01", "QH11", 1) for one in found.values())
