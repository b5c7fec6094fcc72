"""Years decided before this system: two persons, their document, and the streaks that begin with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction

from alliance.approvals import services as approvals
from alliance.lib.period import Month
from alliance.models import Attachment
from alliance.services import files
from performance.consequences.earlier import earlier_years as known
from performance.consequences.refusals import EarlierRefused
from performance.consequences.services import annual, earlier_years, proposals, years
from performance.consequences.services.earlier_years import Given
from performance.engine.standing import Earlier, Monthly, Rules, standing
from performance.models import Consequence, EarlierScore, EarlierYear, YearLine
from performance.portrait.standing import rules
from tests.performance.scene import compute, inside, post, prepare
from tests.world import World

NOW = datetime(2027, 1, 8, 2, tzinfo=UTC)
D = Decimal
RULES = Rules(D(90), D(60), ("efficiency", "quality"), D(80), 3, 3, D(85), 2)
AT = "/a/qinghe/consequences/years"


def months(year: int, score: str, count: int = 12) -> dict[Month, Monthly]:
    return {Month(year, n): Monthly(D(score), {}) for n in range(1, count + 1)}


# The engine ----------------------------------------------------------------------
def test_three_excellent_years_may_begin_before_the_system() -> None:
    before = {2024: Earlier(D("91.2"), "excellent", 1), 2025: Earlier(D("93"), "excellent", 2)}
    found = standing(months(2026, "90"), Month(2026, 12), RULES, before)
    assert found.excellent_years == 3 and found.due == ("excellent", "recommend")
    # In October the newest year that ended is a paper one: what followed from it was decided then.
    assert standing(months(2026, "90", 10), Month(2026, 10), RULES, before).due == ()
    assert [(one.year, one.decision) for one in found.years] == [(2024, 1), (2025, 2), (2026, None)]
    # Without them the year stands alone.
    assert standing(months(2026, "90"), Month(2026, 12), RULES).excellent_years == 1
    # The grade that was decided then counts, not what today's bands would say of its score.
    passed = {**before, 2025: replace(before[2025], grade="pass")}
    assert standing(months(2026, "90"), Month(2026, 12), RULES, passed).excellent_years == 1


def test_a_year_nobody_decided_ends_a_streak() -> None:
    found = standing(months(2026, "95"), Month(2026, 12), RULES, {2024: Earlier(D(95), "excellent", 1)})
    assert [one.grade for one in found.years] == ["excellent", None, "excellent"]
    assert found.excellent_years == 1 and found.honour is None


@pytest.mark.parametrize(("before", "honour"), [("85", True), ("84.99", False)])
def test_honour_asks_85_of_the_year_before_the_system_as_well(before: str, honour: bool) -> None:
    found = standing(months(2026, "85"), Month(2026, 12), RULES, {2025: Earlier(D(before), "pass", 1)})
    assert found.honour is honour


def test_own_months_win_and_a_veto_stays() -> None:
    before = {2026: Earlier(D(99), "excellent", 1)}
    assert standing(months(2026, "70"), Month(2026, 12), RULES, before).years[-1].grade == "pass"
    # The system began in March: its ten months give no mean, the paper decision speaks for the year.
    begun = {at: one for at, one in months(2026, "70").items() if at.number > 2}
    assert standing(begun, Month(2026, 12), RULES, before).years[-1].grade == "excellent"
    begun[Month(2026, 5)] = Monthly(D(70), {}, vetoed=True)
    assert standing(begun, Month(2026, 12), RULES, before).years[-1].grade == "fail"


# Entering and checking -----------------------------------------------------------
def scan(world: World, by: str = "luo") -> Attachment:
    return files.store(
        by=world.people[by], name="考核结果.pdf", content=[b"%PDF-1.4 signed"], purpose="evidence",
        content_type="application/pdf", limit=9_999, institution=None,
    )  # fmt: skip


def entered(world: World, year: int, by: str = "luo", **scores: tuple[str, str]) -> EarlierYear:
    given = [Given(getattr(world, name), D(score), grade) for name, (score, grade) in scores.items()]
    return earlier_years.enter(
        by=world.people[by], year=year, body="医共体管委会", decided_on=date(year + 1, 1, 20),
        document=f"青医共体〔{year + 1}〕3号", scan=scan(world), lines=given, now=NOW,
    )  # fmt: skip


def test_a_decision_counts_once_a_second_person_has_compared_it(world: World) -> None:
    with inside(world):
        row = entered(world, 2025, lead=("91.25", "excellent"), tcm=("84.99", "pass"))
        assert known(2024, 2026) == {}
        with pytest.raises(EarlierRefused, match="two different people"):
            earlier_years.confirm(by=world.luo, row=row, now=NOW)
        with pytest.raises(PermissionDenied):
            earlier_years.confirm(by=world.kong, row=row, now=NOW)
        with pytest.raises(EarlierRefused, match="waits for its second person"):
            entered(world, 2025, lead=("92", "excellent"))
        row = earlier_years.confirm(by=world.meng, row=row, now=NOW, version=row.version)
        assert (row.state, row.checked_by) == ("confirmed", world.meng)
        found = known(2024, 2026)
        assert found[world.lead.pk] == {2025: Earlier(D("91.25"), "excellent", row.pk)}
        assert known(2026, 2026) == {}


def test_a_later_entry_takes_the_place_of_the_former_and_a_wrong_one_never_counts(world: World) -> None:
    with inside(world):
        first = entered(world, 2025, lead=("91", "excellent"))
        earlier_years.confirm(by=world.meng, row=first, now=NOW)
        wrong = entered(world, 2025, lead=("19", "fail"))
        with pytest.raises(EarlierRefused, match="Say what"):
            earlier_years.refuse(by=world.meng, row=wrong, why=" ", now=NOW)
        wrong = earlier_years.refuse(by=world.meng, row=wrong, why="得分录反", now=NOW)
        assert (wrong.state, known(2025, 2025)[world.lead.pk][2025].decision) == ("refused", first.pk)
        second = entered(world, 2025, lead=("91.5", "excellent"))
        earlier_years.confirm(by=world.meng, row=second, now=NOW)
        first.refresh_from_db()
        assert first.state == "replaced"
        assert known(2025, 2025)[world.lead.pk][2025].score == D("91.5")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"year": 2027}, "not over"),
        ({"decided_on": date(2025, 11, 30)}, "between December"),
        ({"decided_on": date(2027, 1, 9)}, "between December"),
        ({"body": " "}, "Name the body"),
        ({"document": ""}, "number of the document"),
        ({"scan": None}, "scan"),
        ({"lines": []}, "one institution at least"),
    ],
)
def test_what_cannot_be_proved_is_refused(world: World, more: dict[str, Any], said: str) -> None:
    with inside(world):
        given = {
            "by": world.luo, "year": 2025, "body": "管委会", "decided_on": date(2026, 1, 20),
            "document": "3号", "scan": scan(world), "now": NOW,
            "lines": [Given(world.lead, D(90), "excellent")],
        }  # fmt: skip
        with pytest.raises(EarlierRefused, match=said):
            earlier_years.enter(**{**given, **more})
        with pytest.raises(PermissionDenied):
            earlier_years.enter(**{**given, "by": world.kong})
        with pytest.raises(EarlierRefused, match="between 0 and 100"):
            earlier_years.enter(**{**given, "lines": [Given(world.lead, D("100.01"), "excellent")]})


def test_the_database_keeps_two_persons_and_the_lines(world: World) -> None:
    with inside(world):
        row = entered(world, 2025, lead=("91", "excellent"))
        with pytest.raises(DatabaseError), transaction.atomic():
            EarlierYear.objects.filter(pk=row.pk).update(state="confirmed")
        with pytest.raises(IntegrityError), transaction.atomic():
            EarlierYear.objects.filter(pk=row.pk).update(
                state="confirmed", checked_by=world.luo, checked_at=NOW
            )
        earlier_years.confirm(by=world.meng, row=row, now=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            EarlierScore.objects.create(decision=row, institution=world.tcm, score=99, grade="excellent")
        with pytest.raises(DatabaseError), transaction.atomic():
            EarlierScore.objects.update(score=99)


# What follows --------------------------------------------------------------------
def test_a_closed_year_counts_the_years_before_it(world: World, tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    with inside(world):
        for year in (2024, 2025):
            row = entered(world, year, lead=("95", "excellent"), shiqiao=("84.99", "pass"))
            earlier_years.confirm(by=world.meng, row=row, now=NOW)
        rules_of = rules(Month(2026, 12))[0]
        own = {
            world.lead: months(2026, "96"), world.tcm: months(2026, "96"), world.shiqiao: months(2026, "96"),
        }  # fmt: skip
        before = known(2024, 2026)
        found = {
            place: standing(given, Month(2026, 12), rules_of, before.get(place.pk))
            for place, given in own.items()
        }
        assert [one.excellent_years for one in found.values()] == [3, 1, 1]
        assert [one.honour for one in found.values()] == [True, None, False]


@time_machine.travel(NOW, tick=False)
def test_a_year_from_real_months_rests_on_a_paper_decision(
    world: World, tmp_path: Any, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare(world)
    run = compute(world)
    with time_machine.travel(datetime(2026, 11, 10, 2, tzinfo=UTC), tick=False):
        post(world, run)
    with inside(world):
        # The system began in October: the year itself was decided on paper, like the two before it.
        for year in (2024, 2025, 2026):
            row = entered_late(world, year)
            earlier_years.confirm(by=world.meng, row=row, now=NOW)
        made = annual.compute(by=world.luo, year=2026, now=NOW)
        lines = {one.institution_id: one for one in YearLine.objects.filter(year=made)}
        assert lines[world.lead.pk].mean == D(95) and lines[world.lead.pk].excellent_years == 3
        assert lines[world.tcm.pk].mean is None and lines[world.tcm.pk].honour is None
        assert [one["year"] for one in lines[world.lead.pk].past] == [2024, 2025, 2026]
        made = annual.propose(by=world.luo, row=made, chain="two_people", today=NOW.date())
        approvals.decide(by=world.cai, approval=made.approval, verdict="yes")
        years.look(now=NOW)
        found = set(Consequence.objects.filter(institution=world.lead).values_list("kind", flat=True))
        assert found == {"excellent", "recommend", "honour"}
        assert years.look(now=NOW) == proposals.Reviewed()
        row = Consequence.objects.get(institution=world.lead, kind="recommend")
        with pytest.raises(EarlierRefused, match="closed and decided here"):
            entered_late(world, 2026)
    page = world.client("luo").get(f"/a/qinghe/consequences/{row.pk}/").content.decode()
    assert "2024" in page and "/years/earlier/" in page and "95" in page
    year = world.client("luo").get(f"{AT}/{made.pk}/").content.decode()
    assert year.count("/years/earlier/") == 3
    assert world.client("kong").get(f"{AT}/{made.pk}/").status_code == 200


def entered_late(world: World, year: int) -> EarlierYear:
    return earlier_years.enter(
        by=world.luo, year=year, body="医共体管委会", decided_on=date(2027, 1, 7), document=f"{year}号",
        scan=scan(world), lines=[Given(world.lead, D(95), "excellent")], now=NOW,
    )  # fmt: skip


# Pages ---------------------------------------------------------------------------
@time_machine.travel(NOW, tick=False)
def test_the_form_keeps_what_was_typed_and_the_second_person_has_the_buttons(
    world: World, tmp_path: Any, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    office, second, own = world.client("luo"), world.client("meng"), world.client("kong")
    url, lead = f"{AT}/earlier/enter/", world.lead.pk
    assert own.get(url).status_code == 403
    page = office.get(url).content.decode()
    assert f'name="score_{lead}"' in page and "村" not in page.split("机构", 1)[0]
    given = {
        "year": "2025", "body": "医共体管委会", "decided_on": "2026-01-20", "document": "",
        f"score_{lead}": "９１．２５",
    }  # fmt: skip
    pdf = SimpleUploadedFile("考核结果.pdf", b"%PDF-1.4 signed", content_type="application/pdf")
    refused = office.post(url, {**given, "files": pdf})
    text = refused.content.decode()
    assert refused.status_code == 400 and "医共体管委会" in text and "考核结果.pdf" in text
    assert "请填写与该得分一并确定的等次" in text
    kept = text.split('name="kept" value="', 1)[1].split('"', 1)[0]
    whole = {**given, "document": "3号", f"grade_{lead}": "excellent", "kept": kept}
    done = office.post(url, whole)
    assert done.status_code == 302
    with inside(world):
        row = EarlierYear.objects.get()
        assert EarlierScore.objects.get().score == D("91.25") and row.scan.delete_after is None
    at = f"{AT}/earlier/{row.pk}/"
    assert own.get(at).status_code == 404 and "与文件一致" not in office.get(at).content.decode()
    assert "复核" in second.get("/a/qinghe/").content.decode()
    assert "与文件一致" in second.get(at).content.decode()
    assert second.get(f"{at}scan/").status_code == 200
    assert office.post(f"{at}confirm/?version=1").status_code == 400
    assert second.post(f"{at}refuse/?version=1", {"why": ""}).status_code == 400
    assert second.post(f"{at}confirm/?version=1").status_code == 302
    assert second.post(f"{at}confirm/?version=1").status_code == 409
    assert own.get(at).status_code == 200 and own.get(f"{at}scan/").status_code == 403
    assert "3号" in own.get(f"{AT}/").content.decode()
