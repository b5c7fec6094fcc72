"""The demonstration's consultations and recognised results: there, with rates that can be looked at."""

from __future__ import annotations

import pytest

from alliance.demo import build_alliance
from alliance.lib.period import Month
from alliance.tenancy.scope import act_in
from performance.demonstration import deliveries, exams, ground
from referrals.consultations import facts
from referrals.recognition import facts as recognition


@pytest.mark.slow
def test_a_county_asks_answers_recognises_and_repeats(db: None) -> None:
    demo = build_alliance("lanchuan")
    base = ground.load(demo, "!")
    deliveries.refer(base, demo)
    said = exams.load(base, demo)
    assert said == "36 consultations and readings, 36 orders with results to recognise"
    with act_in(base.alliance):
        months = [Month(2026, number) for number in range(7, 12)]
        asked = [one for month in months for one in facts.consultation_facts(month)]
        shown = [one for month in months for one in recognition.recognition_facts(month)]
        owed = [one for month in months for one in facts.fee_transfers(month)]
    answered = sum(one.count("questions_answered") for one in asked)
    in_time = sum(one.count("answered_in_time") for one in asked)
    assert 0 < in_time < answered
    recognised = sum(one.count("results_recognised") for one in shown)
    repeated = sum(one.count("examinations_repeated") for one in shown)
    assert 0 < repeated < recognised < sum(one.count("results_recognisable") for one in shown)
    assert {(one.payer, one.payee) for one in owed} == {("B01", "A01")}
    assert all(one.kept_fen + one.owed_fen == one.fee_fen for one in owed)
