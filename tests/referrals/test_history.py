"""Past referrals are taken over through the same machine, many at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from alliance.services import journal
from grouping.models import ReferralLink
from grouping.readmission import links as stay_links
from referrals.facts import referral_facts
from referrals.models import Referral
from referrals.services import clocks, ineffective
from referrals.services.history import PastReferral, take_over
from tests.grouping.conftest import scene  # noqa: F401  (the fixture)
from tests.grouping.scene import inside, store
from tests.referrals.scene import NOW, logged, patient, prepare
from tests.referrals.test_stays import DELIVERED, two_stays
from tests.world import World

HOUR = timedelta(hours=1)


def past(world: World, number: int, state: str, **change: Any) -> PastReferral:
    """A past up-referral of one patient; each one a day later than the one before."""
    at = NOW - timedelta(days=20) + number * timedelta(days=1)
    reached = {"accepted": 1, "arrived": 2, "completed": 3, "declined": 1, "no_show": 1, "submitted": 0}[
        state
    ]
    fields: dict[str, Any] = {
        "number": f"ALT-{number}", "direction": "up", "urgency": "urgent", "state": state,
        "person": patient(world.zhao), "logged_by": world.zhao, "origin": world.shiqiao,
        "origin_department": None,
        "target": world.lead, "target_department": None, "reason": "difficult",
        "diagnosis_code": "I50.900",
        "diagnosis_name": "心力衰竭", "summary": "气促", "reply": "好转" if state == "completed" else "",
        "decline_reason": "no_bed" if state == "declined" else "", "decline_text": "", "logged_at": at,
        "answered_at": at + HOUR / 4 if reached else None, "arrived_at": at + HOUR if reached > 1 else None,
        "completed_at": at + 9 * HOUR if reached > 2 else None,
        "closed_at": at + HOUR if state == "no_show" else None,
    }  # fmt: skip
    return PastReferral(**(fields | change))


def test_one_patients_referrals_follow_each_other_with_all_their_steps(qinghe: World) -> None:
    states = ["completed", "declined", "no_show", "submitted"]
    assert take_over(by=qinghe.luo, referrals=[past(qinghe, n, s) for n, s in enumerate(states)]) == 4
    rows = list(Referral.objects.order_by("logged_at"))
    assert [row.state for row in rows] == states
    assert [step.name for step in journal.steps_of(rows[0])] == ["log", "accept", "arrive", "complete"]
    assert [step.name for step in journal.steps_of(rows[2])] == ["log", "accept", "no_show"]
    assert (rows[0].answer_rule, rows[0].answered_at, rows[0].version) == (
        "M30",
        rows[0].logged_at + HOUR / 4,
        4,
    )


def test_they_count_in_the_facts_like_any_other(qinghe: World) -> None:
    take_over(by=qinghe.luo, referrals=[past(qinghe, n, s) for n, s in enumerate(["completed", "declined"])])
    logged(qinghe)
    (receiver,) = (fact for fact in referral_facts(Month(2026, 11)) if fact.institution == "QH01")
    (before,) = (fact for fact in referral_facts(Month(2026, 10)) if fact.institution == "QH01")
    assert receiver.count("referrals_received") == 1
    assert (before.count("referrals_received"), before.count("referrals_accepted_in_time")) == (2, 1)


def test_referrals_taken_over_join_the_stays_that_are_there(scene: World) -> None:  # noqa: F811
    store(scene, two_stays(scene), by=scene.luo, today=DELIVERED)
    with inside(scene):
        prepare(scene)
        at = {"logged_at": NOW, "answered_at": NOW + HOUR / 4}
        came = at | {"arrived_at": NOW + HOUR}
        rows = [
            past(scene, 1, "arrived", **came),
            past(scene, 2, "arrived", person=patient(scene.zhao, 2), **came),
            past(scene, 3, "declined", person=patient(scene.zhao, 3), **at),
        ]  # fmt: skip
        take_over(by=scene.luo, referrals=rows)
        links = {link.number: link for link in ReferralLink.objects.all()}
        joined = links["ALT-1"]
        assert (joined.source.record_no, joined.admission.record_no) == ("S1", "L1")
        assert (links["ALT-2"].source, links["ALT-2"].admission) == (None, None)
        assert set(links) == {"ALT-1", "ALT-2"}  # who was declined joins nothing
        # What was treated is known at once: no later step of the clock changes the month.
        later = NOW + timedelta(days=60)
        found = set(ineffective.findings(Month(2026, 11), now=later))
        clocks.run(later)
        stay_links.rebuild(Month(2026, 11))
        assert set(ineffective.findings(Month(2026, 11), now=later)) == found
        assert found == {Referral.objects.get(number="ALT-2").pk}


def test_a_past_referral_that_breaks_the_rules_is_refused_by_the_database(qinghe: World) -> None:
    for wrong in (
        past(qinghe, 1, "declined", decline_reason=""), past(qinghe, 1, "completed", reply=""),
        past(qinghe, 1, "arrived", answered_at=None), past(qinghe, 1, "declined", urgency="critical"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError):
            take_over(by=qinghe.luo, referrals=[wrong])
    assert Referral.objects.count() == 0


def test_the_statements_do_not_grow_with_the_number(qinghe: World) -> None:
    def statements(first: int, count: int) -> int:
        rows = [
            past(qinghe, n, "completed", person=patient(qinghe.zhao, n)) for n in range(first, first + count)
        ]
        with CaptureQueriesContext(connection) as captured:
            take_over(by=qinghe.luo, referrals=rows)
        return len([query for query in captured if "alliance_parameter" not in query["sql"]])

    assert statements(0, 2) == statements(50, 20)
