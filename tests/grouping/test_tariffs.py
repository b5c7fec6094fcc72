"""Tariffs: a sheet is entered by one, released by another, holds from its day, is never rewritten."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError

from alliance.approvals import services as approvals
from alliance.approvals.errors import NotYours
from alliance.services import parameter_proposals
from grouping.models import Tariff, TariffSheet
from grouping.services import tariff
from tests.grouping.scene import HOME, browser, inside, queries, text
from tests.world import World

ON = date(2026, 11, 3)
START = date(2026, 1, 1)


def released(world: World, kind: str, rows: list[dict[str, object]], day: date = START) -> TariffSheet:
    """Luo keeps and proposes, Meng agrees."""
    with inside(world):
        sheet = tariff.keep(
            by=world.luo, kind=kind, from_date=day, decided_by="医保局", source="1号", rows=rows
        )
        approval = tariff.propose(by=world.luo, sheet=sheet, on=ON, confirmed=True)
        approvals.decide(by=world.meng, approval=approval, verdict="yes")
    return sheet


def fen(world: World, weight: str = "1.34", **more: object) -> int | None:
    with inside(world):
        return tariff.standard(
            case_weight=Decimal(weight), institution=world.lead, on=ON, **more,  # type: ignore[arg-type]
        ).fen  # fmt: skip


def test_a_sheet_entered_in_the_browser_holds_when_a_second_person_agrees(scene: World) -> None:
    client = browser(scene, "luo")
    page = text(client.get(f"{HOME}/tariffs/new/rate/"))
    assert "employees’ insurance, secondary" in page
    body = {"from_date": "2026-01-01", "decided_by": "医保局", "value-0": "10,000.00", "value-6": "9,800.5"}
    sent = client.post(f"{HOME}/tariffs/new/rate/", body)
    assert sent.status_code == 302 and "10,000.00" in text(client.get(sent["Location"]))
    assert fen(scene) is None
    client.post(f"{sent['Location']}propose/", {"confirmed": "on"})
    with inside(scene):
        sheet = TariffSheet.objects.get()
        approval = tariff.waiting(sheet)
        assert approval is not None
    for name, said in (("luo", "10,000.00"), ("meng", "9,800.50")):
        assert said in text(browser(scene, name).get(f"{HOME}/approvals/{approval.pk}/"))
    with inside(scene), pytest.raises(NotYours):
        approvals.decide(by=scene.luo, approval=approval, verdict="yes")
    browser(scene, "meng").post(f"{HOME}/approvals/{approval.pk}/decide/", {"verdict": "yes", "step": "1"})
    assert fen(scene) == 1_340_000 and fen(scene, insurance="employee") == round(Decimal("1.34") * 980_050)
    page = text(client.get(f"{HOME}/tariffs/"))
    assert "9,800.50" in page and "医保局" in page


def test_the_formula_has_the_rows_it_is_made_of(scene: World) -> None:
    released(scene, "rate", [{"key": "/secondary", "value": "1000000"}])
    released(scene, "coefficient", [{"key": "QH01", "value": "1.05"}, {"key": "*secondary", "value": "1.2"}])
    terms = {"name": "微创", "most_weight": "2", "minimal": True, "ways": [1], "drgs": []}
    released(scene, "adjustment", [{"key": "mini", "value": "1.10", "terms": terms}])
    assert fen(scene) == 1_407_000
    with inside(scene):
        found = tariff.standard(
            case_weight=Decimal("1.34"), institution=scene.lead, on=ON, minimal=True, way=1
        )
        assert found.fen == 1_547_700
        stored = {row.pk: str(row.value.normalize()) for row in Tariff.objects.all()}
        assert [stored.get(one.id, str(one.value)) for one in found.factors] == [
            "1.34",
            "1E+6",
            "1.05",
            "1.1",
        ]
        assert (
            tariff.standard(case_weight=Decimal(1), institution=scene.lead, on=date(2025, 1, 1)).fen is None
        )


def test_a_later_sheet_holds_from_its_day_and_a_day_is_taken_once(scene: World) -> None:
    released(scene, "rate", [{"key": "/", "value": "1000000"}])
    released(scene, "rate", [{"key": "/", "value": "1100000"}], date(2027, 1, 1))
    assert fen(scene, "1") == 1_000_000
    with inside(scene):
        sheet = tariff.keep(
            by=scene.luo, kind="rate", from_date=START, decided_by="x", source="",
            rows=[{"key": "/", "value": "5"}],
        )  # fmt: skip
        with pytest.raises(tariff.TariffRefused) as refused:
            tariff.propose(by=scene.luo, sheet=sheet, on=ON, confirmed=True)
        assert refused.value.reason == "same_day"
    assert "later" in text(browser(scene, "luo").get(f"{HOME}/tariffs/"))


def test_an_edited_sheet_is_no_longer_what_was_proposed(scene: World) -> None:
    with inside(scene):
        rows = [{"key": "/", "value": "5"}]
        first = {"by": scene.luo, "kind": "rate", "from_date": START, "decided_by": "x", "source": ""}
        sheet = tariff.keep(rows=rows, **first)
        approval = tariff.propose(by=scene.luo, sheet=sheet, on=ON, confirmed=True)
        tariff.keep(rows=[{"key": "/", "value": "6"}], sheet=sheet, **first)
    with inside(scene), pytest.raises(Exception, match="changed"):
        approvals.decide(by=scene.meng, approval=approval, verdict="yes")
    assert fen(scene) is None


@pytest.mark.parametrize(
    ("kind", "rows", "reason"),
    [
        ("rate", [], "no_rows"),
        ("rate", [{"key": "/", "value": ""}], "no_rows"),
        ("rate", [{"key": "/", "value": "0"}], "bad_value"),
        ("rate", [{"key": "/", "value": "-1"}], "bad_value"),
        ("rate", [{"key": "/", "value": "NaN"}], "bad_value"),
        ("rate", [{"key": "/", "value": "x"}], "bad_value"),
        ("rate", [{"key": "/", "value": "1.5"}], "too_fine"),
        ("rate", [{"key": "army/", "value": "1"}], "bad_key"),
        ("rate", [{"key": "/", "value": "1"}, {"key": "/", "value": "2"}], "twice"),
        ("coefficient", [{"key": "NOBODY", "value": "1"}], "bad_key"),
        ("coefficient", [{"key": "*city", "value": "1"}], "bad_key"),
        ("coefficient", [{"key": "QH01", "value": "1.1234567"}], "too_fine"),
        ("adjustment", [{"key": "No Code", "value": "1.1"}], "bad_key"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    scene: World, kind: str, rows: list[dict[str, object]], reason: str
) -> None:
    with inside(scene), pytest.raises(tariff.TariffRefused) as refused:
        tariff.keep(by=scene.luo, kind=kind, from_date=START, decided_by="x", source="", rows=rows)
    assert refused.value.reason == reason


def test_the_database_keeps_released_rows(scene: World) -> None:
    sheet = released(scene, "rate", [{"key": "/", "value": "1000000"}])
    for change in (
        lambda: Tariff.objects.update(value=1),
        lambda: Tariff.objects.all().delete(),
        lambda: Tariff.objects.create(kind="rate", key="x", from_date=ON, value=0, sheet=sheet),
        lambda: Tariff.objects.create(kind="rate", key="x", from_date=ON, value=Decimal("1.5"), sheet=sheet),
        lambda: Tariff.objects.create(kind="rate", key="/", from_date=START, value=2, sheet=sheet),
        lambda: TariffSheet.objects.filter(pk=sheet.pk).update(state="draft"),
    ):
        with pytest.raises(DatabaseError), inside(scene):
            change()


def test_an_adjustment_is_entered_with_its_conditions_and_errors_stand_at_their_field(scene: World) -> None:
    client = browser(scene, "luo")
    body = {
        "from_date": "2026-01-01", "decided_by": "医保局", "code": "mini", "name": "微创", "factor": "1.10",
        "most_weight": "2", "minimal": "on", "ways": ["1", "3"], "drgs": "ES21 ES23",
    }  # fmt: skip
    bad = client.post(f"{HOME}/tariffs/new/adjustment/", body | {"code": "NOT OK"})
    assert bad.status_code == 400 and "微创" in text(bad)
    sent = client.post(f"{HOME}/tariffs/new/adjustment/", body)
    page = text(client.get(sent["Location"]))
    assert "weight at most 2" in page and "ES21 ES23" in page and "home by order" in page
    assert "微创" in text(client.get(f"{sent['Location']}edit/"))
    money = client.post(
        f"{HOME}/tariffs/new/rate/", {"from_date": "2026-01-01", "decided_by": "x", "value-0": "1,2"}
    )
    assert money.status_code == 400 and "comma" in text(money)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("-5", "-5 is not a positive number"), ("0.00", "0.00 is not a positive number"),
     ("1000000000.00", "1000000000.00 is too large")],
)  # fmt: skip
def test_a_rate_refused_is_named_in_the_yuan_that_were_typed(scene: World, typed: str, said: str) -> None:
    body = {"from_date": "2026-01-01", "decided_by": "x", "value-0": typed}
    answer = browser(scene, "luo").post(f"{HOME}/tariffs/new/rate/", body)
    page = answer.content.decode()
    assert answer.status_code == 400 and said in text(answer) and f'value="{typed}"' in page


def test_the_page_costs_the_same_queries_however_many_rows(scene: World) -> None:
    released(scene, "rate", [{"key": "/", "value": "1000000"}])
    client = browser(scene, "luo")
    client.get(f"{HOME}/tariffs/")
    few = queries(client, "tariffs/")
    released(scene, "coefficient", [{"key": code, "value": "1.05"} for code in ("QH01", "QH02", "QH11")])
    released(scene, "rate", [{"key": f"{one}/", "value": "1"} for one in ("employee", "resident")])
    assert queries(client, "tariffs/") == few


def test_who_may_look_may_not_edit(scene: World) -> None:
    client = browser(scene, "ding")
    assert client.get(f"{HOME}/tariffs/").status_code == 200
    assert client.get(f"{HOME}/tariffs/new/rate/").status_code == 403
    assert browser(scene, "lin").get(f"{HOME}/tariffs/").status_code == 403


def test_payment_follows_quality_from_the_day_two_people_switch_it_on(scene: World) -> None:
    released(scene, "rate", [{"key": "/", "value": "1000000"}])
    released(scene, "quality", [{"key": "QH01", "value": "1.02"}])
    assert fen(scene) == 1_340_000
    page = text(browser(scene, "luo").get(f"{HOME}/tariffs/"))
    assert "switched off" in page and "quality coefficients are kept, but pay nothing yet" in page
    with inside(scene):
        approval = parameter_proposals.propose(
            by=scene.luo, key=tariff.QUALITY_SWITCH, value=True, level="", from_date=START,
            decided_by="医保局", source="", on=ON,
        )  # fmt: skip
        approvals.decide(by=scene.meng, approval=approval, verdict="yes")
    assert fen(scene) == 1_366_800
    assert "payment follows quality" in text(browser(scene, "luo").get(f"{HOME}/tariffs/"))
    with inside(scene):
        early = tariff.standard(case_weight=Decimal(1), institution=scene.lead, on=date(2025, 12, 31))
        assert all(factor.part != "quality" for factor in early.factors)
