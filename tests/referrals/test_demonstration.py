"""The demonstration's hour: every state has a referral, something is late, one emergency rings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alliance.demo import build_alliance
from alliance.lib.period import Month
from alliance.tenancy.scope import act_in
from performance.demonstration import ground, live
from referrals.machine import State
from referrals.models import Referral
from referrals.services import board, emergency, ineffective

NOW = datetime(2026, 11, 26, 2, 24, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("code", "hospital", "township"),
    [("lanchuan", "shenruochuan", "B01"), ("jiangzhou", "jz_gusongnian", "B01")],
)
def test_a_hospital_at_work(db: None, code: str, hospital: str, township: str) -> None:
    demo = build_alliance(code)
    base = ground.load(demo, "!")
    made = live.load(base, demo, NOW)
    with act_in(base.alliance):
        states = set(Referral.objects.values_list("state", flat=True))
        assert Referral.objects.count() == made >= 24
        # What time itself ends, and what is passed on, the clocks and people of the demonstration do.
        assert set(State.values) - states <= {State.DIVERTED, State.EXPIRED}
        receiver = base.members[hospital]
        late = {what for _place, what, _number in board.doors(receiver, NOW)}
        assert {"answer", "followup", "form"} <= late
        assert [one.is_late_at(NOW) for one in board.waiting(receiver) if one.urgency == "critical"] == [
            False
        ]
        assert emergency.centres("stroke", origin=base.places[township])
        assert {one.rule for one in ineffective.findings(Month(2026, 11), now=NOW).values()} == {
            ineffective.BOUNCED, ineffective.UNTREATED,
        }  # fmt: skip
        assert NOW - min(Referral.objects.values_list("logged_at", flat=True)) < timedelta(days=30)
