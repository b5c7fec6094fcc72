"""Pages of metrics: figures open formula and cases, an institution sees its own, lists come in."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import jobs
from grouping.engine.metrics import Tally
from grouping.engine.result import Status
from grouping.engine.stays import GroupedStay, Session
from grouping.metrics import evidence, facts, figures, rollup, settlement
from grouping.metrics.facts import Scope
from grouping.models import Benchmark, BenchmarkGroup, Case, GroupedCase, OperationCatalogue
from grouping.models.tariffs import Tariff, TariffSheet
from tests.grouping.files import front_page
from tests.grouping.scene import HOME, browser, inside, pages, queries, store, text
from tests.world import World

OCTOBER = Month(2026, 10)
HIP = "81.5100"


def some_stays(world: World) -> None:
    """The lead hospital: twelve pneumonias and a death. The other hospital: two pneumonias."""
    lead = [*pages(world, 12), front_page(world.lead.organisation, "R00099", A11="亡人", B34C="5")]
    store(world, lead)
    other = [front_page(world.tcm.organisation, f"T{number}", A11=f"客{number}") for number in range(2)]
    store(world, other, by=world.tan)


def priced(world: World, fen: int, since: date = date(2026, 1, 1)) -> None:
    """A rate in force, as if two people had released it."""
    sheet = TariffSheet.objects.create(
        kind="rate", from_date=since, decided_by="会", source="文", rows=[], made_by=world.luo
    )
    Tariff.objects.create(kind="rate", key="/", from_date=since, value=fen, terms={}, sheet=sheet)


def open_page(world: World, name: str, page: str) -> str:
    answer = browser(world, name).get(f"{HOME}/{page}")
    assert answer.status_code == 200, page
    return text(answer)


def test_the_month_shows_a_row_an_institution_and_each_figure_opens(scene: World) -> None:
    some_stays(scene)
    page = open_page(scene, "luo", "metrics/?month=2026-10&view=output")
    assert "Metrics of October 2026" in page
    links = re.findall(r'href="([^"]*metrics/figure/[^"]*metric=submitted[^"]*)">(\d+)<', page)
    assert sorted(int(number) for _url, number in links) == [2, 13, 15]
    for url, number in links:
        below = text(browser(scene, "luo").get(url.replace("&amp;", "&")))
        assert f"of {number}</span>" in below or f"1–{number} of {number}" in below


def test_a_figure_shows_its_formula_with_the_numbers_put_in(scene: World) -> None:
    some_stays(scene)
    page = open_page(scene, "luo", "metrics/figure/?month=2026-10&metric=mean_stay")
    assert "mean stay: 4.00" in page
    assert "<b>60</b><span>days of stay</span>" in page
    assert "<b>15</b><span>discharges</span>" in page
    assert "no cases stored" in page


def test_a_figure_without_cases_is_a_known_zero_and_leads_nowhere_that_is_not(scene: World) -> None:
    some_stays(scene)
    client = browser(scene, "luo")
    answer = client.get(f"{HOME}/metrics/figure/?month=2026-09&metric=submitted&view=output")
    page = answer.content.decode()
    assert "known zero" in page and "Clear the conditions" not in page
    assert "metrics/figure/?view=output" not in page


def test_few_cases_are_not_ranked(scene: World) -> None:
    some_stays(scene)
    page = open_page(scene, "luo", "metrics/?month=2026-10&view=efficiency&sort=mean_stay")
    assert page.count("not ranked") >= 1
    assert "what cannot be divided is not assessed" in page


def test_an_institution_sees_its_own_cases_and_only_sums_of_others(scene: World) -> None:
    some_stays(scene)
    page = open_page(scene, "lin", "metrics/?month=2026-10")
    assert scene.tcm.short_name in page
    assert f"institution={scene.tcm.pk}" not in page
    assert f"institution={scene.lead.pk}" in page
    client = browser(scene, "lin")
    other = f"metrics/figure/?month=2026-10&metric=submitted&institution={scene.tcm.pk}"
    assert client.get(f"{HOME}/{other}").status_code == 404
    own = text(client.get(f"{HOME}/metrics/figure/?month=2026-10&metric=submitted"))
    assert "discharges: 13" in own
    departments = text(client.get(f"{HOME}/metrics/?month=2026-10&by=department"))
    assert scene.tcm.short_name not in departments.split("<tbody>")[1].split("</tbody>")[0]


MONTHLY = (
    "?by=department&",
    "?view=safety&",
    "figure/?metric=cei&",
    "groups/?",
    "review/?",
    "readmissions/?",
)


@pytest.mark.parametrize("name", [f"metrics/{page}month=2026-10" for page in MONTHLY])
def test_a_page_costs_the_same_whatever_the_number_of_cases(scene: World, name: str) -> None:
    store(scene, pages(scene, 2))
    client = browser(scene, "luo")
    queries(client, name)  # the session's own
    few = queries(client, name)
    assert few < 50
    more = [
        front_page(scene.lead.organisation, f"M{number:03}", A11=f"多{number}", B16C=f"0{number % 7}")
        for number in range(30)
    ]
    store(scene, more)
    assert queries(client, name) == few


def test_every_figure_lists_as_many_cases_as_it_counts(scene: World) -> None:
    """Counts of the roll-up are the lengths of their lists, for the office and within a department."""
    some_stays(scene)
    rows = [
        front_page(scene.lead.organisation, "OP1", A11="术一", B12="2026-10-08 09:00:00",
                   B15="2026-10-09 09:00:00", B20="1", C14x01C=HIP, C15x01N="髋", C17x01="4",
                   C16x01="2026-10-08 10:00:00"),
        front_page(scene.lead.organisation, "OP2", A11="术二", C14x01C=HIP, C15x01N="髋", C17x01="3",
                   C16x01="2026-10-09 10:00:00"),
    ]  # fmt: skip
    store(scene, rows)
    with inside(scene):
        priced(scene, 1_000_000)
        yardstick = facts.yardstick(OCTOBER)
        sums = facts.full_tallies([OCTOBER], "alliance", yardstick.norms)[0, ""]
        assert (sums.submitted, sums.table_times, sums.level4_times, sums.day_surgery_24h) == (17, 2, 1, 1)
        settlement.fill({(0, ""): sums}, settlement.settled(OCTOBER, Scope()), "alliance")
        assert sums.priced == sums.weighted_cases == 15 and sums.passed and sums.low_cases
        wanted = {
            "passed": sums.passed, "high": sums.high_cases, "low": sums.low_cases, "priced": sums.priced,
            "over_cap": sums.over_cap_cases, "estimated": sums.estimated,
            "out_of_scope": sums.out_of_scope, "in_scope_grouped": sums.in_scope_grouped,
            "all": sums.submitted, "grouped": sums.grouped, "weighted": sums.weighted_cases,
            "dead": sums.deaths, "over": sums.cases_over, "below": sums.cases_below, "operated": 2,
            "level4": 1, "level34": 2, "day": sums.day_surgery_24h, "minimal": 0,
            "lowrisk_dead": sums.risk(yardstick.norms, 1).deaths,
            "midlow_dead": sums.risk(yardstick.norms, 2).deaths,
        }  # fmt: skip
        kinds = evidence.KINDS.keys() | evidence.PAYMENT
        assert wanted.keys() == kinds >= {one.cases for one in figures.FIGURES.values()}
        found = {
            kind: evidence.cases(OCTOBER, Scope(), kind, yardstick).order_by().count() for kind in wanted
        }
        assert found == wanted


def test_the_roll_up_of_a_small_month_is_the_engine_of_its_stays(scene: World) -> None:
    """Doctors, table-times, catalogue, own pay: what the oracle's files do not show, against the engine."""
    with inside(scene):
        OperationCatalogue.objects.create(
            name="c", source="s", from_date=date(2026, 1, 1), codes=[HIP], entered_by=scene.luo
        )
    store(scene, [
        front_page(scene.lead.organisation, "A1", A11="甲", C14x01C=HIP, C15x01N="髋", C17x01="4",
                   C16x01="2026-10-09 10:00:00", B11C="1"),
        front_page(scene.lead.organisation, "A2", A11="乙", D09=""),
    ])  # fmt: skip
    with inside(scene):
        found = facts.tallies([OCTOBER], "institution")[scene.lead.pk, ""]
        engine = Tally()
        for case in Case.objects.all():
            group = GroupedCase.objects.get(case=case)
            engine.add(
                GroupedStay(
                    hospital="", department="", month="2026-10", status=Status(group.status), drg=group.drg,
                    weight=group.weight, stay_days=case.stay_days, cost_fen=case.total_fen,
                    died=case.discharge_way == 5, lasted=case.discharged_at - case.admitted_at,
                    operated=bool(case.procedures), treated=bool(case.procedures),
                    emergency=case.admission_path == 1,
                    sessions=(Session(4, True),) if case.procedures else (), fees=case.fees,
                    own_pay_fen=case.own_pay_fen,
                )
            )  # fmt: skip
        assert found == engine
        assert (found.minimal_times, found.elective_times, found.own_pay_cost_fen) == (1, 0, 123456)


def test_a_change_says_so_and_the_refresh_takes_it_away(scene: World) -> None:
    some_stays(scene)
    assert "Cases changed since" not in open_page(scene, "luo", "metrics/?month=2026-10")
    with inside(scene):
        Case.objects.filter(record_no="R00001").update(total_fen=999)
        assert rollup.state(OCTOBER).stale
    assert "Cases changed since" in open_page(scene, "luo", "metrics/?month=2026-10")
    client = browser(scene, "luo")
    assert client.post(f"{HOME}/metrics/refresh/?month=2026-10").status_code == 302
    assert {job.state for job in jobs.drain(scene.qinghe)} == {"done"}
    assert "Cases changed since" not in open_page(scene, "luo", "metrics/?month=2026-10")


def upload(world: World, content: str, *, kind: str = "benchmark", name: str = "list.csv") -> object:
    form = {
        "kind": kind, "name": "国家目录", "source": "通知", "from_date": "2026-01-01",
        "file": SimpleUploadedFile(name, content.encode()),
    }  # fmt: skip
    return browser(world, "luo").post(f"{HOME}/metrics/references/", form)


def test_a_published_list_wins_and_is_named(scene: World) -> None:
    some_stays(scene)
    with inside(scene):
        drg = next(iter(facts.own_norms([OCTOBER])))
        assert facts.yardstick(OCTOBER).local
    assert upload(scene, f"drg,mean_cost,mean_stay,risk\n{drg},1000.00,2,1\n").status_code == 302
    with inside(scene):
        found = facts.yardstick(OCTOBER)
        assert (found.list.name, found.risk_list, found.norms[drg].risk) == ("国家目录", True, 1)
        assert facts.tallies([OCTOBER], "alliance")[0, ""].tei(found.norms) == Decimal("2.0000")
    assert "Benchmark: 国家目录" in open_page(scene, "luo", "metrics/?month=2026-10&view=efficiency")
    page = open_page(scene, "luo", "metrics/review/?month=2026-10&view=deaths")
    assert f"died in the low-risk group {drg} (published list)" in page


def test_a_list_of_grades_alone_leaves_the_means_local(scene: World) -> None:
    some_stays(scene)
    with inside(scene):
        drg, own = next(iter(facts.own_norms([OCTOBER]).items()))
    assert upload(scene, f"病组编码,风险等级\n{drg},低风险\n").status_code == 302
    with inside(scene):
        found = facts.yardstick(OCTOBER)
        assert found.local and found.risk_list
        assert (found.norms[drg].risk, found.norms[drg].mean_cost) == (1, own.mean_cost)


def test_a_wrong_list_names_line_and_remedy_and_stores_nothing(scene: World) -> None:
    answer = upload(scene, "drg,mean_cost,risk\nES15,12.345,1\nES15,3,9\n甲,1,1\nES13,-4,7\n")
    assert answer.status_code == 400
    page = text(answer)
    for sentence in ("line 2: mean charge", "line 3: ES15 stands there a second time", "line 4: “甲” is no",
                     "line 5: mean charge", "line 5: risk grade “7”"):  # fmt: skip
        assert sentence in page, sentence
    assert "国家目录" in page, "what was typed is kept"
    with inside(scene):
        assert not Benchmark.objects.exists() and not BenchmarkGroup.objects.exists()


def test_a_catalogue_makes_its_months_stale_and_gives_the_share(scene: World) -> None:
    store(scene, [
        front_page(scene.lead.organisation, "A1", A11="甲", C14x01C=HIP, C15x01N="髋", C17x01="4",
                   C16x01="2026-10-09 10:00:00"),
    ])  # fmt: skip
    page = open_page(scene, "luo", "metrics/?month=2026-10&view=operations")
    assert "not assessed" in page
    assert upload(scene, f"手术编码\n{HIP}\n", kind="catalogue").status_code == 302
    with inside(scene):
        assert rollup.stale_months() == [OCTOBER]
        rollup.enqueue_refresh(by=None)
    jobs.drain(scene.qinghe)
    with inside(scene):
        assert facts.tallies([OCTOBER], "alliance")[0, ""].minimal_share_pct == Decimal("100.00")
    assert "No case to look at" in open_page(scene, "luo", "metrics/review/?month=2026-10&view=reward")


def test_low_weight_and_high_effect_is_listed_with_its_reason(scene: World) -> None:
    """An appendectomy of the catalogue, as long as its group; a pneumonia beside it is not listed."""
    with inside(scene):
        OperationCatalogue.objects.create(
            name="c", source="s", from_date=date(2026, 1, 1), codes=["47.0901"], entered_by=scene.luo
        )
    store(scene, [
        front_page(scene.lead.organisation, "A1", A11="甲", C03C="K35.800", C04N="阑尾炎", C14x01C="47.0901",
                   C15x01N="切除", C17x01="2", C16x01="2026-10-09 10:00:00"),
        front_page(scene.lead.organisation, "A2", A11="乙"),
    ])  # fmt: skip
    page = open_page(scene, "luo", "metrics/review/?month=2026-10&view=reward")
    assert "A1/1" in page and "minimally invasive, 4 days" in page and "A2/1" not in page


def test_readmissions_show_both_stays(scene: World) -> None:
    store(scene, [
        front_page(scene.lead.organisation, "A1", A11="甲", B12="2026-09-01 09:00:00",
                   B15="2026-09-05 10:00:00"),
        front_page(scene.lead.organisation, "A2", A11="甲"),
    ])  # fmt: skip
    store(scene, [front_page(scene.lead.organisation, "A3", A11="甲", B12="2026-09-20 09:00:00",
                             B15="2026-09-24 10:00:00")])  # fmt: skip
    page = open_page(scene, "luo", "metrics/readmissions/?month=2026-09")
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    assert [re.findall(r">(A\d/1)</a>", row) for row in body.split("</tr>")[:2]] == [
        ["A1/1", "A3/1"],
        ["A3/1", "A2/1"],
    ]
    assert "after 15 days, same diagnosis category, same ADRG" in body


def test_who_may_not_list_cases_sees_the_formula_alone(scene: World) -> None:
    some_stays(scene)
    with inside(scene):
        member = Membership.objects.get(pk=scene.luo.pk)
        member.roles = ["finance"]
        member.save()
    page = open_page(scene, "luo", "metrics/figure/?month=2026-10&metric=mean_stay")
    assert "days of stay" in page and "record number" not in page
    assert browser(scene, "luo").get(f"{HOME}/metrics/readmissions/").status_code == 403


def test_unreadable_conditions_are_not_there(scene: World) -> None:
    client = browser(scene, "luo")
    for page in ("metrics/figure/?metric=nothing", "metrics/?institution=x"):
        assert client.get(f"{HOME}/{page}").status_code == 404
    # A month nobody keeps is said in words, in years no page serves as well.
    for month in ("0001-01", "2026-13"):
        answer = client.get(f"{HOME}/metrics/?month={month}&by=nothing&view=nothing&sort=-nothing")
        assert answer.status_code == 200
        assert f"{month} is not a month such as 2026-10." in answer.content.decode()


def test_the_pass_rate_is_by_hand_and_without_a_rate_not_assessed(scene: World) -> None:
    """Cost 1,234.56 yuan; weight x rate above it passes, below it does not."""
    some_stays(scene)
    assert "within the standard: not assessed" in open_page(
        scene, "luo", "metrics/figure/?month=2026-10&metric=settlement_pass_rate_pct"
    )
    with inside(scene):
        weight = GroupedCase.objects.values_list("weight", flat=True).distinct().get()
        priced(scene, int(123_456 / weight) + 1)
    page = open_page(scene, "luo", "metrics/figure/?month=2026-10&metric=settlement_pass_rate_pct")
    assert "within the standard: 100.00%" in page and "<b>15</b><span>grouped cases with a standard" in page
    with inside(scene):
        priced(scene, int(123_456 / weight) - 1, since=date(2026, 2, 1))
    page = open_page(scene, "luo", "metrics/?month=2026-10&view=payment")
    assert ">0.0%</a>" in page
