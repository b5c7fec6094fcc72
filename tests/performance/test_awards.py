"""Honours from stored scores, the amount of an award, weights changed by a vote, a vetoed year."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from alliance.approvals import services as approvals
from alliance.lib.period import Month, Quarter
from alliance.models import Department, Staff, Team
from performance.consequences.refusals import ConsequenceRefused
from performance.consequences.services import annual, proposals, reweighting, years
from performance.declared import services as declared
from performance.engine.scheme import demonstration_scheme
from performance.engine.spans import Span
from performance.engine.standing import Monthly, Rules, standing
from performance.models import Consequence, LevelRun, LevelSubject, SchemeDraft, YearEvaluation, YearLine
from performance.services import drafts, schemes, thin
from performance.services.refusals import DraftRefused
from tests.performance.declared_scene import confirmed, entry
from tests.performance.scene import NOW as SETTLED
from tests.performance.scene import TODAY as ASKED
from tests.performance.scene import compute, inside
from tests.world import World

NOW = datetime(2026, 1, 8, 2, tzinfo=UTC)
TODAY = date(2026, 1, 9)
D = Decimal
RULES = Rules(D(90), D(60), ("efficiency", "quality"), D(80), 3, 3, D(85), 2)


def decided_year(world: World, **honour: bool) -> YearEvaluation:
    """2025, decided; `honour` says whom the veto of two years spares."""
    rules = {"excellent": "90", "fail": "60", "honour_score": "85", "honour_years": 2,
             "weights": ["25"] * 4, "missing": 0}  # fmt: skip
    row = YearEvaluation.objects.create(
        year=2025, number=1, rules=rules, digest="d", made_by=world.luo, made_at=NOW
    )
    for name, spared in honour.items():
        YearLine.objects.create(
            year=row, institution=getattr(world, name), known=12, mean=D(80), grade="pass",
            excellent_years=0, honour=spared,
        )  # fmt: skip
    row = annual.propose(by=world.luo, row=row, chain="two_people", today=TODAY)
    assert row.approval is not None
    approvals.decide(by=world.cai, approval=row.approval, verdict="yes")
    return row


def scored(world: World, level: str, whose: list[Any], points: dict[int, str], months: int = 12) -> None:
    """The stored scores of a level: the same collaboration points in every month, full marks for volume."""
    scheme = schemes.adopt(by=world.luo, scheme=demonstration_scheme()) if level == "person" else None
    scheme = scheme or schemes.in_force(Month(2026, 2))
    for number in range(1, months + 1):
        run = LevelRun.objects.create(
            month=Month(2025, number).first_day, level=level, number=1, scheme=scheme, scheme_digest="d",
            started_by=world.luo,
        )  # fmt: skip
        LevelRun.objects.filter(pk=run.pk).update(state="computed", result_digest="r", computed_at=NOW)
        own = "staff" if level == "person" else "department"
        LevelSubject.objects.bulk_create(
            LevelSubject(
                run=run, institution_id=one.institution_id, code=str(one.pk), role="", kind="", column="c",
                status="assessed", score=D(50), points=D(50), possible=D(100), **{own: one},
                dimensions=[["collaboration", points[place], "40"], ["efficiency", "60", "60"]],
            )
            for place, one in enumerate(whose)
        )  # fmt: skip


@pytest.fixture
def house(world: World) -> Any:
    with inside(world):
        yield world


def test_lists_of_honour_come_from_stored_scores_of_whole_years(house: World) -> None:
    staff = [
        Staff.objects.create(institution=place, code=f"S{number:02}", name=f"员{number}", kind="doctor")
        for place in (house.shiqiao, house.tcm)
        for number in range(11)
    ]
    # At Shiqiao 30, 29, 28 ... of 40; at the Chinese-medicine hospital the best of all, but vetoed.
    points = {place: str(30 - place) if place < 11 else "40" for place in range(22)}
    scored(house, "person", staff, points)
    decided_year(house, shiqiao=True, tcm=False)
    years.look(now=NOW)
    rows = Consequence.objects.filter(kind="primary").order_by("pk")
    assert [(row.staff, row.figures["place"], row.figures["mean"]) for row in rows] == [
        (staff[0], 1, "75.0000"), (staff[1], 2, "72.5000"), (staff[2], 3, "70.0000"),
    ]  # fmt: skip
    assert rows[0].figures["compared"] == 11 and not Consequence.objects.filter(kind="referrer").exists()
    assert years.look(now=NOW) == proposals.Reviewed()


def test_who_lacks_a_month_or_has_too_few_beside_is_on_no_list(house: World) -> None:
    staff = [
        Staff.objects.create(institution=house.shiqiao, code=f"S{n}", name=f"员{n}", kind="doctor")
        for n in range(9)
    ]
    scored(house, "person", staff, dict.fromkeys(range(9), "30"))
    decided_year(house, shiqiao=True)
    years.look(now=NOW)
    assert not Consequence.objects.filter(kind="primary").exists()


def test_an_innovation_award_is_voted_with_its_amount(house: World) -> None:
    places = [
        Department.objects.create(institution=house.lead, code=f"D{n}", name=f"科{n}", kind="clinical")
        for n in range(11)
    ]
    schemes.adopt(by=house.luo, scheme=demonstration_scheme())
    scored(house, "department", places, {place: str(30 - place) for place in range(11)})
    decided_year(house, lead=True)
    years.look(now=NOW)
    row = Consequence.objects.named().filter(kind="innovation").order_by("pk")[0]
    assert (row.department, row.fen, row.figures["award_fen"]) == (places[0], None, [5_000_000, 10_000_000])
    with pytest.raises(ConsequenceRefused, match=r"50,000\.00 to 100,000\.00"):
        proposals.propose(by=house.luo, row=row, chain="two_people", today=TODAY)
    for fen in (4_999_999, 10_000_001):
        with pytest.raises(ConsequenceRefused, match="amount of the award"):
            proposals.set_amount(by=house.luo, row=row, fen=fen, today=TODAY)
    with pytest.raises(PermissionDenied):
        proposals.set_amount(by=house.kong, row=row, fen=8_000_000, today=TODAY)
    row = proposals.set_amount(by=house.luo, row=row, fen=8_000_000, today=TODAY, version=row.version)
    assert years.look(now=NOW) == proposals.Reviewed()  # what was entered stays
    row = proposals.propose(by=house.luo, row=row, chain="two_people", today=TODAY)
    assert row.approval is not None
    approvals.decide(by=house.cai, approval=row.approval, verdict="yes")
    row.refresh_from_db()
    assert (row.state, row.fen) == ("agreed", 8_000_000)


@time_machine.travel(NOW, tick=False)
def test_the_amount_is_entered_on_the_page(world: World) -> None:
    with inside(world):
        department = Department.objects.filter(institution=world.lead)[0]
        row = Consequence.objects.create(
            kind="innovation", institution=world.lead, department=department, period="2025", digest="d",
            opened_at=NOW,
            figures={"place": 1, "compared": 11, "mean": "75", "dimensions": ["collaboration"],
                     "level": "department", "code": "03", "award_fen": [5_000_000, 10_000_000]},
        )  # fmt: skip
    office, url = world.client("luo"), f"/a/qinghe/consequences/{row.pk}/"
    page = office.get(url).content.decode()
    assert "填写金额…" in page and "提交表决…" not in page
    refused = office.post(f"{url}amount/?version=1", {"fen": "49,999"})
    assert refused.status_code == 400 and "49,999" in refused.content.decode()
    assert office.post(f"{url}amount/?version=1", {"fen": "80,000"}).status_code == 302
    assert office.post(f"{url}amount/?version=1", {"fen": "90,000"}).status_code == 409
    page = office.get(url).content.decode()
    assert "80,000.00" in page and "提交表决…" in page


def overspent(world: World) -> Consequence:
    """October's settled month, and a third quarter whose fund spent 6 % more than its budget."""
    compute(world)
    quarter = Span(Month(2026, 7), "quarter")
    with inside(world):
        Team.objects.create(institution=world.shiqiao, code="T1", name="石桥一队")
        for fact, fen in (("fund_budget_fen", 100_000_000), ("fund_spent_fen", 106_000_000)):
            confirmed(world, entry(world.lead, fact, fen, quarter), by="luo", second="meng", now=SETTLED)
        reweighting.look(now=SETTLED)
        row: Consequence = Consequence.objects.named().get()
        return row


def drafted(world: World, row: Consequence) -> SchemeDraft:
    december = Month(2026, 12)
    return reweighting.begin(by=world.luo, row=row, label="2026-1", month=december, now=SETTLED)


def test_a_draft_of_other_weights_nobody_had_data_for_waits_for_two_people(qinghe: World) -> None:
    row = overspent(qinghe)
    with inside(qinghe):
        draft = drafted(qinghe, row)
        tried = draft.trials.select_related("draft").get()  # made with the draft, of the settled month
        assert tried.months == [date(2026, 10, 1)] and [one.mean for one in thin.short(tried)] == [0]
        said: dict[str, Any] = {"by": qinghe.luo, "draft": draft, "chain": "two_people", "today": ASKED}
        with pytest.raises(DraftRefused, match="fewer than 50 of 100") as refused:
            drafts.propose(**said)
        assert refused.value.reason == "thin"
        signed = thin.sign(by=qinghe.luo, trial=tried, reason="家医团队数据下月接入")
        with pytest.raises(DraftRefused):
            drafts.propose(**said)  # one signature is not enough
        thin.confirm(by=qinghe.meng, exception=signed, now=SETTLED)
        assert drafts.propose(**said).state == "open"


@pytest.mark.parametrize("verdict", ["yes", "no"])
def test_other_weights_are_decided_by_the_vote_about_their_draft(qinghe: World, verdict: str) -> None:
    row = overspent(qinghe)
    team = declared.Place(qinghe.shiqiao, team="T1")
    december = Month(2026, 12)
    with inside(qinghe):
        known = [
            declared.Entry(team, fact, Span(Month(2026, 10)), Decimal(value), "赵云")
            for fact, value in (("contracted_visits", 82), ("contracted_first_visits", 41))
        ]
        confirmed(qinghe, *known, by="luo", second="meng", now=SETTLED)
        draft = drafted(qinghe, row)
        assert thin.short(draft.trials.select_related("draft").get()) == []
        approval = drafts.propose(by=qinghe.luo, draft=draft, chain="two_people", today=ASKED)
        row.refresh_from_db()
        assert row.state == "open" and schemes.in_force(december, "team") is None
        approvals.decide(by=qinghe.cai, approval=approval, verdict=verdict, note="已议")
        row.refresh_from_db()
        found = schemes.in_force(december, "team")
        if verdict == "no":
            assert row.state == "declined" and found is None
            assert SchemeDraft.objects.get(pk=draft.pk).state == SchemeDraft.State.EDITED
            return
        assert (row.state, row.proposed_by, row.decided_by) == ("agreed", qinghe.luo, qinghe.cai)
        assert found is not None and found.scheme().columns[0].weight("drg") == 40
        assert schemes.in_force(december.previous(), "team") is None  # never before its day


def test_a_vetoed_month_fails_its_quarter_and_its_year_whatever_the_score() -> None:
    both = {"efficiency": 95, "quality": 95}
    months = {
        Month(year, n): Monthly(D(95), both, (year, n) == (2025, 8))  # type: ignore[arg-type]
        for year in (2024, 2025)
        for n in range(1, 13)
    }
    found = standing(months, Month(2025, 12), RULES)
    assert [year.grade for year in found.years] == ["excellent", "fail"] and found.honour is False
    assert found.quarters[Quarter(2025, 3)].double is False and found.doubles == 1
    assert found.excellent_years == 0 and found.due == ("fail",)
    del months[Month(2025, 12)]  # a running year has failed as soon as the veto is in force
    assert standing(months, Month(2025, 11), RULES).years[-1].grade == "fail"
