"""First days: the past asks for a tick, a day is asked for once, what is compared is what held before."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError
from django.utils import translation

from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.lib.period import Month
from alliance.models import Transition
from alliance.services import jobs
from grouping.models import ReleaseClaim, Scheme, SchemeVersion, TariffSheet
from grouping.services import release, tariff
from grouping.services.claims import DayClaimed
from grouping.services.past import PastUnconfirmed
from tests.grouping.scene import HOME, browser, inside, pages, queries, store, text
from tests.grouping.schemes import CITY, ON, imported, package, put_in_force, send
from tests.grouping.test_tariffs import START, released
from tests.ledger import books
from tests.world import World

LATER = date(2027, 1, 1)


def sheet(
    world: World, value: str = "1000000", day: date = LATER, kind: str = "rate", key: str = "/"
) -> TariffSheet:
    """A draft of one row."""
    terms = {"name": key, "most_weight": "", "minimal": False, "ways": [], "drgs": []}
    row = {"key": key, "value": value, **({"terms": terms} if kind == "adjustment" else {})}
    with inside(world):
        return tariff.keep(by=world.luo, kind=kind, from_date=day, decided_by="医保局", source="", rows=[row])


def posted_october(world: World) -> None:
    """A case of October, and October posted; November is open."""
    store(world, pages(world, 1))
    with inside(world):
        books.post(world, books.open_books(world, Month(2026, 10), Month(2026, 11)), 300, 200, 100)


def test_a_scheme_from_a_past_day_is_proposed_only_with_a_tick_that_names_the_posted_months(
    scene: World,
) -> None:
    posted_october(scene)
    version = imported(scene)
    client, at = browser(scene, "luo"), f"{HOME}/schemes/versions/{version.pk}/propose/"
    asked = client.post(at, {"hold-from_date": "2026-10-01"})
    page = text(asked)
    assert (
        asked.status_code == 200
        and "I know that this day lies before months already posted: October 2026" in page
    )
    assert "grouped again by the new version: October 2026" in page
    assert "they keep their figures: October 2026" in page
    assert "corrected in an open month (now October 2026, November 2026)" in page
    unticked = client.post(at, {"hold-from_date": "2026-10-01", "asked": "1"})
    assert unticked.status_code == 400 and "Tick this, or go back" in text(unticked)
    with inside(scene):
        assert release.waiting(version) is None
        with pytest.raises(PastUnconfirmed):
            release.propose(by=scene.luo, version=version, from_date=date(2026, 10, 1), on=ON)
    assert (
        client.post(at, {"hold-from_date": "2026-10-01", "asked": "1", "confirmed": "on"}).status_code == 302
    )
    with inside(scene):
        approval = release.waiting(version)
        assert approval is not None and approval.terms["confirmed"]["posted"] == ["2026-10"]
    seen = text(browser(scene, "meng").get(f"{HOME}/approvals/{approval.pk}/"))
    assert "first day in the past, confirmed by the proposer" in seen and "posted then: October 2026" in seen


def test_a_day_to_come_asks_for_no_tick(scene: World) -> None:
    version = imported(scene)
    sent = browser(scene, "luo").post(
        f"{HOME}/schemes/versions/{version.pk}/propose/", {"hold-from_date": "2099-01-01"}
    )
    assert sent.status_code == 302
    with inside(scene):
        approval = release.waiting(version)
        assert approval is not None and "confirmed" not in approval.terms


def test_a_rate_from_a_past_day_asks_for_the_tick_and_posted_months_keep_their_figures(scene: World) -> None:
    posted_october(scene)
    made = sheet(scene, day=START)
    client, at = browser(scene, "luo"), f"{HOME}/tariffs/sheets/{made.pk}/propose/"
    page = text(client.post(at))
    assert "months already posted: October 2026" in page and "valued by the new values: October 2026" in page
    chinese = scene.client("luo", HTTP_ACCEPT_LANGUAGE="zh-CN").post(at).content.decode()
    assert "2026年10月" in chinese and "I know" not in chinese
    assert client.post(at, {"confirmed": "on"}).status_code == 302
    with inside(scene):
        approval = tariff.waiting(made)
        assert approval is not None
    assert "posted then: October 2026" in text(browser(scene, "meng").get(f"{HOME}/approvals/{approval.pk}/"))


def test_a_second_proposal_for_the_same_day_is_refused_and_names_the_first(scene: World) -> None:
    first, second = sheet(scene), sheet(scene, "2000000")
    with inside(scene):
        approval = tariff.propose(by=scene.luo, sheet=first, on=ON)
    page = text(browser(scene, "luo").post(f"{HOME}/tariffs/sheets/{second.pk}/propose/", follow=True))
    assert (
        "rate for a unit of weight from 2027-01-01, proposed by" in page
        and "waits for a second person" in page
    )
    with inside(scene):
        assert tariff.waiting(second) is None
        approvals.withdraw(by=scene.luo, approval=approval)
        tariff.propose(by=scene.luo, sheet=second, on=ON)


def test_the_day_is_free_again_after_a_no_and_other_kinds_never_took_it(scene: World) -> None:
    first, other = sheet(scene), sheet(scene, "1.2", kind="coefficient", key="*secondary")
    mini, night = (sheet(scene, "1.1", kind="adjustment", key=key) for key in ("mini", "night"))
    with inside(scene):
        approval = tariff.propose(by=scene.luo, sheet=first, on=ON)
        for one in (other, mini, night):
            tariff.propose(by=scene.luo, sheet=one, on=ON)
        approvals.decide(by=scene.meng, approval=approval, verdict="no", note="falsch")
        again = tariff.propose(by=scene.luo, sheet=sheet(scene, "3000000"), on=ON)
        waiting = Approval.objects.filter(state="open")
        assert again in waiting and approval not in waiting and waiting.count() == 4


def test_two_versions_of_a_scheme_cannot_both_wait_for_one_day(scene: World) -> None:
    one, two = imported(scene), imported(scene, package(**CITY, **{"9.8000": "9.9000"}))
    with inside(scene):
        release.propose(by=scene.luo, version=one, from_date=LATER, on=ON)
        with pytest.raises(DayClaimed) as refused:
            release.propose(by=scene.luo, version=two, from_date=LATER, on=ON)
        assert "本市分组方案" in str(refused.value.params["first"])
        assert Approval.objects.filter(state="open").count() == 1


def test_the_database_itself_takes_a_day_once(scene: World) -> None:
    made = sheet(scene)
    with inside(scene):
        approval = tariff.propose(by=scene.luo, sheet=made, on=ON)
    with pytest.raises(DatabaseError), inside(scene):
        ReleaseClaim.objects.create(kind="rate", from_date=LATER, approval=approval)


def test_an_approved_version_is_compared_with_what_was_in_force_before_it(scene: World) -> None:
    version = imported(scene)
    put_in_force(scene, version, date(2026, 10, 1))
    jobs.drain(scene.qinghe)
    between = imported(scene, package(**CITY, **{"9.8000": "9.9000"}))
    put_in_force(scene, between, date(2026, 9, 1))
    with inside(scene):
        approval = Approval.objects.get(kind=release.KIND, about_id=version.pk)
        shipped = SchemeVersion.objects.get(form="shipped")
        assert Scheme.objects.count() == 3
    page = text(browser(scene, "meng").get(f"{HOME}/approvals/{approval.pk}/"))
    assert f"/schemes/compare/{shipped.pk}/{version.pk}/" in page and "0.9999" in page
    assert f"/schemes/compare/{version.pk}/{version.pk}/" not in page


def test_a_version_that_follows_itself_says_so(scene: World) -> None:
    version = imported(scene)
    put_in_force(scene, version, date(2026, 10, 1))
    with inside(scene):
        approval = release.propose(by=scene.luo, version=version, from_date=LATER, on=ON)
    page = text(browser(scene, "meng").get(f"{HOME}/approvals/{approval.pk}/"))
    assert (
        "from this day on nothing would change" in page and f"compare/{version.pk}/{version.pk}" not in page
    )


def test_a_released_sheet_shows_what_held_before_it(scene: World) -> None:
    released(scene, "rate", [{"key": "/", "value": "1000000"}])
    later = released(scene, "rate", [{"key": "/", "value": "1100000"}], LATER)
    released(scene, "rate", [{"key": "/", "value": "1050000"}], date(2026, 12, 1))
    page = text(browser(scene, "luo").get(f"{HOME}/tariffs/sheets/{later.pk}/"))
    assert "10,000.00" in page and "11,000.00" in page and "10,500.00" not in page


def test_titles_of_proposals_are_worded_in_the_language_of_the_reader(scene: World) -> None:
    made = sheet(scene)
    with inside(scene), translation.override("en"):
        approval = tariff.propose(by=scene.luo, sheet=made, on=ON)
    for language, said in (
        ("en", "rate for a unit of weight from 2027-01-01"),
        ("zh-CN", "2027-01-01起的每权重费率"),
    ):
        client = scene.client("meng", HTTP_ACCEPT_LANGUAGE=language)
        for page in ("approvals/", f"approvals/{approval.pk}/", ""):
            assert said in client.get(f"{HOME}/{page}").content.decode(), (language, page)


def test_titles_cost_no_query_each(scene: World) -> None:
    made = sheet(scene)
    with inside(scene):
        tariff.propose(by=scene.luo, sheet=made, on=ON)
    client = browser(scene, "luo")
    queries(client, "approvals/?view=all")
    few = queries(client, "approvals/?view=all")
    for number in range(2, 5):
        more = sheet(scene, day=date(2027, number, 1))
        with inside(scene):
            tariff.propose(by=scene.luo, sheet=more, on=ON)
    assert queries(client, "approvals/?view=all") == few


def test_discarding_a_released_version_says_why_it_is_not_done(scene: World) -> None:
    version = imported(scene)
    put_in_force(scene, version, date(2026, 10, 1))
    for language, said in (("en", "A released version is kept"), ("zh-CN", "已发布的版本会保留")):
        client = scene.client("luo", HTTP_ACCEPT_LANGUAGE=language)
        page = client.post(f"{HOME}/schemes/versions/{version.pk}/discard/", follow=True).content.decode()
        assert said in page, language
    with inside(scene):
        assert SchemeVersion.objects.get(pk=version.pk).state == "released"
        assert not Transition.objects.filter(about_id=version.pk, name="discard").exists()


def test_no_page_of_parameters_cites_working_papers_by_file(scene: World) -> None:
    page = (
        scene.client("luo", HTTP_ACCEPT_LANGUAGE="zh-CN")
        .get(f"{HOME}/parameters/dip.core_cases/")
        .content.decode()
    )
    assert "标准口径第3节" in page and "definitions 3" not in page


def test_a_file_that_is_no_zip_is_told_without_a_word_of_the_library(scene: World) -> None:
    client = scene.client("su", HTTP_ACCEPT_LANGUAGE="zh-CN")
    sent = send(client, b"MZ\x90\x00", name="city.zip")
    jobs.drain(scene.qinghe)
    page = client.get(sent["Location"]).content.decode()
    assert "不是能读的 zip" in page and "File is not" not in page
