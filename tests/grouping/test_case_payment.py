"""The payment standard on the page of a case and for programs: numbers, stage, or why there is none."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from alliance.services import jobs
from grouping.models import Case, CentralFile
from grouping.readers.mapping import Column, TableMap
from grouping.services import central, sources
from tests.grouping.scene import HOME, TODAY, browser, inside, pages, queries, store, text
from tests.grouping.test_cases import one, page_of, some
from tests.grouping.test_tariffs import START, released
from tests.world import World


def panel(page: str) -> str:
    """The panel of the page."""
    return page.split('id="payment"')[1].split("</section>")[0]


def api(world: World, case: Case) -> dict[str, Any]:
    page = page_of(world, "lin", case)
    address = page.split('href="/api/')[1].split('"')[0]
    found: dict[str, Any] = browser(world, "lin").get(f"/api/{address}").json()["payment"]
    return found


def test_a_rate_in_force_gives_the_standard_with_its_numbers(scene: World) -> None:
    store(scene, some(scene))
    released(scene, "rate", [{"key": "/secondary", "value": "1000000"}])
    released(scene, "coefficient", [{"key": "QH01", "value": "1.05"}])
    case = one(scene)
    found = panel(page_of(scene, "lin", case))
    for said in ("estimated", "0.8460", "10,000.00", "× 1.05", "since 2026-01-01", "= 8,883.00"):
        assert said in found, said
    body = api(scene, case)
    assert (body["standard_fen"], body["stage"], body["why"], body["type"]) == (
        888_300,
        "estimated",
        "",
        "drg",
    )
    assert [(one["part"], one["value"]) for one in body["factors"]] == [
        ("weight", "0.846"), ("rate", "1000000"), ("coefficient", "1.05"),
    ]  # fmt: skip


def test_without_a_rate_on_the_day_the_page_says_so_and_where_rates_are_kept(scene: World) -> None:
    store(scene, some(scene))
    released(scene, "rate", [{"key": "/secondary", "value": "1000000"}], date(2026, 11, 1))
    case = one(scene)
    said = "No rate was in force on the day of discharge (2026-10-"
    assert said in panel(page_of(scene, "luo", case)) and "/tariffs/" in panel(page_of(scene, "luo", case))
    assert said in panel(page_of(scene, "lin", case)) and "/tariffs/" not in panel(
        page_of(scene, "lin", case)
    )
    body = api(scene, case)
    assert body["standard_fen"] is None and body["why"] == "no_rate" and body["reason"].startswith(said)
    assert body["factors"] == []


def test_a_case_in_no_group_void_or_paid_by_bed_day_says_which(scene: World) -> None:
    rows = some(scene)
    rows[0] |= {"C03C": "Z51.100", "C04N": "化学治疗"}
    rows[1] |= {"B12": "2026-07-01 09:00:00", "B15": "2026-10-12 10:00:00", "B20": "103"}
    store(scene, rows)
    released(scene, "rate", [{"key": "/secondary", "value": "1000000"}])
    with inside(scene):
        Case.objects.filter(record_no="R00002").update(voided_at=timezone.now())
    for record, why, said in (
        ("R00001", "out_of_scope", "Type of payment on the day of discharge: by bed-day"),
        ("R00002", "void", "is void"),
    ):  # fmt: skip
        body = api(scene, one(scene, record))
        assert (body["why"], body["standard_fen"]) == (why, None), record
        assert said in panel(page_of(scene, "lin", one(scene, record)))


def test_the_insurers_amount_is_its_own_stage(scene: World) -> None:
    store(scene, some(scene))
    released(scene, "rate", [{"key": "/secondary", "value": "1000000"}])
    answered(scene, one(scene), "8123.45")
    found = panel(page_of(scene, "lin", one(scene)))
    assert (
        "insurer’s answer" in found.replace("&#x27;", "’") and "8,123.45" in found and "= 8,460.00" in found
    )
    assert "estimated" not in found
    body = api(scene, one(scene))
    assert (body["stage"], body["insurer_fen"], body["standard_fen"]) == ("insurer", 812_345, 846_000)


def answered(world: World, case: Case, yuan: str) -> CentralFile:
    """Group results of the city that name an amount for the case."""
    with inside(world):
        made = sources.create(by=world.lin, institution=None, name="医保局", format="results")
        columns = (Column("号", "A48"), Column("日", "B15"), Column("组", "R01"), Column("金额", "R03"))
        sources.settle(
            by=world.lin, source=made, edition="insurance", from_date=START, mapping=TableMap(columns)
        )
        content = f"号,日,组,金额\n{case.record_no},{timezone.localdate(case.discharged_at)},ES21,{yuan}\n"
        file, _made = central.receive(
            by=world.lin, source=made, name="r.csv", content=[content.encode()], today=TODAY
        )
    jobs.drain(world.qinghe)
    return file


def test_gain_or_loss_of_the_case_is_shown_to_nobody_here(scene: World) -> None:
    store(scene, some(scene))
    released(scene, "rate", [{"key": "/secondary", "value": "1000000"}])
    case = one(scene)
    for difference in ("7,225.44", "−7,225.44"):
        assert difference not in page_of(scene, "luo", case)
    assert case.total_fen == 123_456


def test_the_page_costs_the_same_for_few_and_many_rows(scene: World) -> None:
    store(scene, some(scene))
    case, client = one(scene), browser(scene, "lin")
    queries(client, f"cases/{case.pk}/")
    few = queries(client, f"cases/{case.pk}/")
    store(scene, pages(scene, 40))
    assert queries(client, f"cases/{case.pk}/") == few


def test_work_on_codes_shows_no_money(scene: World) -> None:
    """practice.md section 2: never with weight or money beside the advice."""
    store(scene, [*some(scene), *pages(scene, 1, A48="R00009", C03C="Q99.999")])
    released(scene, "rate", [{"key": "/secondary", "value": "1000000"}])
    listed = text(browser(scene, "lin").get(f"{HOME}/work-queue/?view=all"))
    assert "R00009" in listed and 'id="payment"' not in listed and "8,460.00" not in listed
