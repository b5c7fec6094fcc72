"""What enters a month: known zeros, moves inside one paid unit, earlier months only where asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from alliance.lib.period import Month
from grouping.services import declarations
from performance import collect
from performance.engine.forms import AgainstLast
from performance.engine.indicators import shipped_indicators
from performance.engine.inputs import report_through
from performance.engine.scheme import demonstration_scheme
from performance.models import IndicatorValue
from referrals import services as referrals
from tests.performance.scene import OCTOBER, SEPTEMBER, TODAY, compute, inside, prepare
from tests.referrals.scene import NOW, logged
from tests.world import World, member

LAST_YEAR = OCTOBER.same_last_year()


def test_earlier_months_are_asked_only_for_what_is_compared() -> None:
    indicators, scheme = tuple(shipped_indicators().values()), demonstration_scheme()
    wanted = collect.needs(indicators, scheme, OCTOBER)
    assert wanted[LAST_YEAR] == {"cost_fen", "discharges"} and set(wanted) == {OCTOBER, LAST_YEAR}
    column = scheme.columns[0]
    own = AgainstLast("lower", "pp", Decimal(60), Decimal(10), months_back=1)
    item = replace(next(one for one in column.items if one.indicator == "cost_change"), form=own)
    scheme = replace(scheme, columns=(replace(column, items=(item,)),))
    wanted = collect.needs(indicators, scheme, OCTOBER)
    assert set(wanted) == {OCTOBER, LAST_YEAR, SEPTEMBER, Month(2025, 9)}
    assert wanted[SEPTEMBER] == wanted[Month(2025, 9)] == {"cost_fen", "discharges"}


def test_a_declared_zero_is_a_known_zero_and_silence_is_not(world: World, settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path
    prepare(world, tcm=0)
    run = compute(world)
    with inside(world):
        rows = IndicatorValue.objects.filter(settlement=run.settlement, institution=world.tcm)
        stay, cost = rows.get(indicator="mean_stay"), rows.get(indicator="cost_change")
        assert (stay.numerator, stay.denominator, stay.reason["code"]) == (0, 0, "empty_denominator")
        assert cost.reason == {
            "code": "missing_fact", "about": ["cost_fen", "discharges"], "n": None, "minimum": None,
        }  # fmt: skip


def test_last_years_totals_come_from_the_statement_before_the_cases(qinghe: World) -> None:
    with inside(qinghe):
        for on, fen in ((date(2026, 2, 1), 1), (date(2026, 3, 1), 2_000_000)):
            declarations.state_total(
                by=qinghe.luo, institution=qinghe.lead, month=LAST_YEAR, discharges=20, total_fen=fen,
                source="统计年报", on=on,
            )  # fmt: skip
    run = compute(qinghe)
    with inside(qinghe):
        row = IndicatorValue.objects.get(
            settlement=run.settlement, institution=qinghe.lead, indicator="cost_change"
        )
        assert row.value == Decimal("23.46")  # 1,234.56 against 1,000.00 yuan


def test_a_move_between_a_township_and_its_village_room_counts_once(world: World) -> None:
    with inside(world):
        world.people["fang"] = member("fang", "方村医", world.liulin, "clinician")
        for by, target, direction, receiver in (
            ("fang", "shiqiao", "up", "zhao"), ("zhao", "liulin", "down", "fang"),
            ("fang", "lead", "up", "lin"),
        ):  # fmt: skip
            serial = {"zhao": 2, "fang": 1}[by] + (5 if target == "lead" else 0)
            reason = "difficult" if direction == "up" else "long_term"
            referral = logged(world, by=by, target=target, direction=direction, serial=serial, reason=reason)
            referral = referrals.accept(by=world.people[receiver], referral=referral, now=NOW)
            referrals.arrive(by=world.people[receiver], referral=referral, now=NOW)
        month = Month.of(TODAY)
        members = [collect.member_of(place) for place in (world.shiqiao, world.liulin, world.lead)]
        keys = frozenset(
            {"up_arrived_sent", "up_arrived_received", "down_arrived_sent", "down_arrived_received"}
        )
        places = (world.shiqiao, world.liulin, world.lead)
        known = {one.code for one in members}
        found = [fact for fact in collect.facts_of({month: keys}, places) if fact.institution in known]
        facts = report_through(found, members)
        counts = {key: facts["QH11", month, key].value for key in keys}
        assert counts == {
            "up_arrived_sent": 2, "up_arrived_received": 0,
            "down_arrived_sent": 1, "down_arrived_received": 0,
        }  # fmt: skip
        assert facts["QH01", month, "up_arrived_received"].value == 1
        assert ("QH11V1", month, "up_arrived_sent") not in facts
