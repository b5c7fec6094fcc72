"""Quarters, years, interviews, other weights: proposed from decided months, decided by a vote (S2-40)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from alliance.approvals import services as approvals
from alliance.lib.period import Month, Quarter
from performance.consequences.refusals import ConsequenceRefused, InterviewRefused, YearRefused
from performance.consequences.services import annual, interviews, proposals, quarters, reweighting, years
from performance.consequences.services.annual import Whole
from performance.engine.annual import failures, leaders, recovered, rewards, share, year_mean
from performance.engine.consequences import grade
from performance.engine.reweigh import reweighed
from performance.engine.scheme import check
from performance.engine.spans import Span
from performance.engine.standing import Monthly, Rules, standing
from performance.engine.templates import shipped_templates
from performance.models import Consequence, Interview, SchemeDraft, YearEvaluation, YearLine
from performance.portrait.standing import shares
from performance.services import schemes
from tests.performance.declared_scene import confirmed, entry
from tests.performance.scene import inside
from tests.world import World

NOW = datetime(2026, 1, 8, 2, tzinfo=UTC)
TODAY = date(2026, 1, 9)
D = Decimal


# The engine ----------------------------------------------------------------------
def test_a_year_is_the_mean_of_its_months_by_weighted_quarters() -> None:
    months = [D(n) for n in (80, 90, 100, 60, 60, 60, 70, 70, 70, 90, 90, 90)]
    assert year_mean(months) == Fraction(77_5, 10)
    heavier = (D(10), D(20), D(30), D(40))
    assert year_mean(months, weights=heavier) == 9 + 12 + 21 + 36
    gap: list[Decimal | None] = [None, *months[1:]]
    assert year_mean(gap) is None
    assert year_mean(gap, missing=1) == Fraction(95 + 60 + 70 + 90, 4)
    assert year_mean([None] * 3 + months[3:], missing=3) is None  # a quarter without a month has no mean


@pytest.mark.parametrize(
    ("score", "found"),
    [("89.99", "pass"), ("90", "excellent"), ("59.99", "fail"), ("60", "pass")],
)
def test_grades_at_their_lines(score: str, found: str) -> None:
    assert grade(D(score), excellent=D(90), fail=D(60)) == found


def test_honour_needs_85_in_both_years() -> None:
    rules = Rules(D(90), D(60), ("efficiency", "quality"), D(80), 3, 3, D(85), 2)

    def honour(first: str, second: str) -> bool | None:
        months = {Month(2024, n): Monthly(D(first), {}) for n in range(1, 13)}
        months |= {Month(2025, n): Monthly(D(second), {}) for n in range(1, 13)}
        return standing(months, Month(2025, 12), rules).honour

    assert honour("85", "85") is True and honour("84.99", "99") is False and honour("99", "84.99") is False


def test_streaks_reward_every_third_quarter_and_flags_open_once() -> None:
    row = [True, True, True, True, True, True, False, True, None, True, True, True]
    assert [(hit.place, hit.length) for hit in rewards(row, 3)] == [(2, 3), (5, 6), (11, 3)]
    missed = [False, False, None, False, False, True, True]
    assert [hit.place for hit in failures(missed, 2)] == [1, 4] and [
        hit.place for hit in failures(missed, 1)
    ] == [0, 3]
    assert recovered(missed, 4, 1) == 5 and recovered(missed, 4, 2) == 6 and recovered(missed, 4, 3) is None


def test_a_list_of_honour_compares_whole_years_of_enough_people() -> None:
    shares = {key: [Fraction(90 - key)] * 12 for key in range(10)} | {99: [Fraction(100)] * 11}
    assert [key for key, _mean in leaders(shares, months=12, places=3, least=10)] == [0, 1, 2]
    assert leaders(shares, months=12, places=3, least=11) == []
    assert share([["quality", "30", "40"], ["efficiency", "9", "10"]], ["quality"]) == 75
    assert share([["quality", "0", "0"]], ["quality"]) is None


def test_drg_rises_to_40_and_floors_keep_their_items() -> None:
    scheme = shipped_templates()["family_doctor_three"].scheme
    changed = reweighed(scheme, "drg", D(40))
    column = changed.columns[0]
    weights = {item.indicator: item.weight for item in column.items}
    assert column.weight("drg") == 40 and sum(weights.values()) == 100
    # Patients stay at their floor of 10, the other 60 points give way to 50: process 30 x 5/6 = 25.
    assert weights["contract_satisfaction"] + weights["gain_score"] == 10
    assert column.weight("process") == 25 and column.weight("outcome") == 35
    assert check(changed, schemes.known_indicators("team")) == ()


# Quarters ------------------------------------------------------------------------
class Line:
    """What a quarter reads of a decided month."""

    def __init__(self, basis_fen: int, collaboration: str, both: str) -> None:
        self.basis_fen, self.score, self.pk = basis_fen, D(80), 1
        self.dimensions = [
            {"dimension": code, "points": points, "possible": "100"}
            for code, points in (("collaboration", collaboration), ("efficiency", both), ("quality", both))
        ]


def whole(world: World, *both: str, collaboration: str = "80") -> Whole:
    """The lead hospital in quarters of 2025, each with what both sides reached."""
    rules = Rules(D(90), D(60), ("efficiency", "quality"), D(80), 3, 3, D(85), 2)
    lines = {
        month: Line(30_000_000 + place, collaboration, share)
        for place, share in enumerate(both, start=1)
        for month in Quarter(2025, place).months
    }
    monthly = {at: Monthly(one.score, shares(one)) for at, one in lines.items()}  # type: ignore[arg-type]
    until = Quarter(2025, len(both)).months[-1]
    pk = world.lead.pk
    return Whole({pk: standing(monthly, until, rules)}, {pk: lines}, {pk: world.lead}, until)  # type: ignore[dict-item]


def look(world: World, monkeypatch: pytest.MonkeyPatch, found: Whole) -> proposals.Reviewed:
    monkeypatch.setattr(quarters, "newest", lambda: found.until)
    monkeypatch.setattr(annual, "whole", lambda until, **more: found)
    return quarters.look(now=NOW)


def test_three_double_quarters_propose_5_percent_of_the_linked_30(world: World, monkeypatch: Any) -> None:
    with inside(world):
        assert look(world, monkeypatch, whole(world, "80", "80", "80")) == proposals.Reviewed(1, 0, 0)
        row = Consequence.objects.get()
        # 3 x 300,000.03 yuan = 900,000.09; 30 % = 270,000.03; 5 % = 13,500.00 yuan.
        assert (row.kind, row.period) == ("double", "2025-Q3")
        assert (row.base_fen, row.percent, row.fen) == (27_000_003, 5, 1_350_000)
        assert look(world, monkeypatch, whole(world, "80", "80", "80")) == proposals.Reviewed()
        # One of the quarters falls just short: the proposal goes, a suspension of beds opens.
        assert look(world, monkeypatch, whole(world, "80", "79.99", "80")) == proposals.Reviewed(1, 1, 0)
        freeze = Consequence.objects.named().get(state="open")
        assert (freeze.kind, freeze.period, freeze.percent) == ("freeze", "2025-Q2", None)
        freeze = agreed(world, freeze)
        assert look(world, monkeypatch, whole(world, "80", "79.99", "80")) == proposals.Reviewed(1, 0, 0)
        lift = Consequence.objects.get(state="open")
        assert (lift.kind, lift.period, lift.lifts) == ("unfreeze", "2025-Q3", freeze)


def agreed(world: World, row: Consequence) -> Consequence:
    row = proposals.propose(by=world.luo, row=row, chain="two_people", today=TODAY)
    assert row.approval is not None
    approvals.decide(by=world.cai, approval=row.approval, verdict="yes")
    return Consequence.objects.named().get(pk=row.pk)


def test_two_quarters_without_collaboration_enter_the_list(world: World, monkeypatch: Any) -> None:
    with inside(world):
        found = whole(world, "90", "90", collaboration="59.99")
        assert look(world, monkeypatch, found) == proposals.Reviewed(1, 0, 0)
        assert Consequence.objects.get().kind == "aloof"
        assert look(world, monkeypatch, whole(world, "90", "90", collaboration="60")) == proposals.Reviewed(
            0, 1, 0
        )


# Years ---------------------------------------------------------------------------
def closed(world: World, **means: str) -> YearEvaluation:
    """A year as it is stored once it was computed."""
    rules = {"excellent": "90", "fail": "60", "honour_score": "85", "honour_years": 2,
             "weights": ["25"] * 4, "missing": 0}  # fmt: skip
    row = YearEvaluation.objects.create(
        year=2025, number=1, rules=rules, digest="d", made_by=world.luo, made_at=NOW
    )
    for name, mean in means.items():
        found = grade(D(mean), excellent=D(90), fail=D(60))
        YearLine.objects.create(
            year=row, institution=getattr(world, name), known=12, mean=D(mean), grade=found,
            excellent_years=3 if found == "excellent" else 0, honour=D(mean) >= 85,
        )  # fmt: skip
    return row


def test_a_year_takes_effect_only_by_its_vote_and_a_failed_one_asks_for_an_interview(world: World) -> None:
    with inside(world):
        with pytest.raises(YearRefused, match="not over"):
            annual.compute(by=world.luo, year=2026, now=NOW)
        with pytest.raises(YearRefused, match="No month of 2025"):
            annual.compute(by=world.luo, year=2025, now=NOW)
        with pytest.raises(PermissionDenied):
            annual.compute(by=world.kong, year=2025, now=NOW)
        row = closed(world, lead="90", tcm="89.99", shiqiao="59.99")
        assert years.look(now=NOW) == proposals.Reviewed()
        row = annual.propose(by=world.luo, row=row, chain="two_people", today=TODAY)
        assert row.approval is not None
        approvals.decide(by=world.cai, approval=row.approval, verdict="yes")
        row.refresh_from_db()
        assert (row.state, row.decided_by) == ("decided", world.cai)
        with pytest.raises(DatabaseError), transaction.atomic():
            YearEvaluation.objects.filter(pk=row.pk).update(state="computed")
        years.look(now=NOW)
        found = {(one.kind, one.institution_id): one.percent for one in Consequence.objects.all()}
        assert found == {
            ("excellent", world.lead.pk): 5, ("recommend", world.lead.pk): None,
            ("honour", world.lead.pk): None, ("honour", world.tcm.pk): None, ("fail", world.shiqiao.pk): 3,
        }  # fmt: skip
        assert years.look(now=NOW) == proposals.Reviewed()
        fail = Consequence.objects.named().get(kind="fail")
        with pytest.raises(DatabaseError), transaction.atomic():
            Consequence.objects.filter(pk=fail.pk).update(found_percent=4, percent=4)
        fail = agreed(world, fail)
        _interviewed(world, Interview.objects.get(consequence=fail))


def _interviewed(world: World, row: Interview) -> None:
    assert (row.owner, row.state) == (world.luo, "planned")
    said: dict[str, Any] = {"minutes": "整改随访管理", "target": D(70), "today": TODAY}
    with pytest.raises(InterviewRefused, match="not in the future"):
        interviews.hold(by=world.luo, row=row, held_on=date(2026, 1, 10), **said)
    row = interviews.hold(by=world.luo, row=row, held_on=TODAY, **said)
    with pytest.raises(InterviewRefused, match="It is closed when"):
        interviews.close(by=world.luo, row=row, closing=D("69.99"), note="", today=TODAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        Interview.objects.filter(pk=row.pk).update(state="closed", closing=69, closed_by=world.luo)
    assert interviews.close(by=world.meng, row=row, closing=D(70), note="", today=TODAY).state == "closed"


# Weights -------------------------------------------------------------------------
def test_overspend_makes_a_draft_and_never_another_scheme(world: World, tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    quarter = Span(Month(2025, 10), "quarter")

    def spend(fen: int) -> None:
        confirmed(world, entry(world.lead, "fund_spent_fen", fen, quarter), by="luo", second="meng", now=NOW)

    with inside(world):
        confirmed(
            world,
            entry(world.lead, "fund_budget_fen", 100_000_000, quarter),
            by="luo",
            second="meng",
            now=NOW,
        )
        assert reweighting.look(now=NOW) == proposals.Reviewed()  # spending is not known: nothing follows
        spend(105_000_000)
        assert reweighting.look(now=NOW) == proposals.Reviewed()  # exactly 5 %: not above
        spend(105_000_001)
        assert reweighting.look(now=NOW) == proposals.Reviewed(1, 0, 0)
        row = Consequence.objects.named().get()
        assert (row.kind, row.period, row.institution) == ("reweight", "2025-Q4", None)
        draft = reweighting.begin(by=world.luo, row=row, label="2026-1", month=Month(2026, 2), now=NOW)
        assert draft.scheme().columns[0].weight("drg") == 40
        assert schemes.in_force(Month(2026, 2), "team") is None and draft.state == SchemeDraft.State.EDITED
        row.refresh_from_db()
        with pytest.raises(ConsequenceRefused, match="made already"):
            reweighting.begin(by=world.luo, row=row, label="2026-2", month=Month(2026, 2), now=NOW)
        assert row.state == "open" and replace(draft.scheme()).version == "2026-1"


@time_machine.travel(NOW, tick=False)
def test_the_pages_of_years_and_proposals(world: World) -> None:
    with inside(world):
        year = closed(world, lead="90", shiqiao="59.99")
        row = Consequence.objects.create(
            kind="double", institution=world.lead, period="2025-Q3", found_percent=5, percent=5,
            low=0, high=5,
            base_fen=27_000_003, fen=1_350_000, digest="d", opened_at=NOW,
            figures={"quarters": ["2025-Q3"], "line": "80", "link": "30", "basis_fen": 90_000_009},
        )  # fmt: skip
    office, own, other = world.client("luo"), world.client("kong"), world.client("han")
    url = f"/a/qinghe/consequences/{row.pk}/"
    page = office.get(url).content.decode()
    assert "900,000.09" in page and "270,000.03" in page and "13,500.00" in page
    assert own.get(url).status_code == 200 and other.get(url).status_code == 403
    assert own.post(f"{url}propose/", {"chain": "two_people"}).status_code == 403
    reduced = {"percent": "6", "why": "x"}
    assert office.post(f"{url}reduce/?version=1", reduced).status_code == 400
    assert office.post(f"{url}propose/?version=1", {"chain": "two_people"}).status_code == 302
    assert office.post(f"{url}propose/?version=1", {"chain": "two_people"}).status_code == 409
    closed_page = f"/a/qinghe/consequences/years/{year.pk}/"
    assert own.get(closed_page).status_code == 404 and "59.99" in office.get(closed_page).content.decode()
    assert office.post("/a/qinghe/consequences/years/close/", {"year": "2026"}).status_code == 400
    assert office.post(f"{closed_page}propose/?version=1", {"chain": "two_people"}).status_code == 302
    assert office.get("/a/qinghe/consequences/years/").status_code == 200
