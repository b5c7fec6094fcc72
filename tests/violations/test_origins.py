"""A signal, a row of the insurer's file, a difference between two houses: each leads to one case, ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.test import override_settings
from django.urls import reverse, set_urlconf

from alliance.web import carrying
from grouping.central.origins import KIND as CENTRAL
from grouping.models import CentralResult
from performance.declared.services import samples
from performance.origins import PORTRAIT, portrait_number
from performance.violations import show
from performance.violations.models import Evidence, Violation
from tests.confirmation import scene as confirming
from tests.performance import county_scene as county
from tests.performance import test_declared_samples as declared
from tests.performance.scene import OCTOBER, compute, inside, prepare
from tests.performance.test_portrait import STAY, before
from tests.world import World

OPEN, PAGE = "/a/qinghe/violations/open/", "/a/qinghe/months/2026-10/institutions/QH01/portrait/"


@pytest.fixture
def month(world: World, tmp_path: Path) -> Iterator[World]:
    """October computed; its mean stay has jumped since September."""
    with override_settings(MEDIA_ROOT=tmp_path):
        prepare(world)
        assert compute(world).state == "computed"
        before(world, 1, "1.0000")
        set_urlconf("config.alliance_urls")
        yield world
        set_urlconf(None)


def said(world: World, **more: str) -> dict[str, object]:
    return {
        "institution": world.lead.pk,
        "kind": "data",
        "title": "平均住院日突升",
        "facts": "待核实",
        **more,
    }


def test_a_signal_of_a_portrait_leads_to_one_case_that_carries_it(month: World) -> None:
    office = month.client("luo")
    number = portrait_number(month.lead, OCTOBER)
    link = f"{OPEN}?from={PORTRAIT}&of={number}&indicator={STAY}"
    assert link.replace("&", "&amp;") in office.get(PAGE).content.decode()
    assert OPEN not in month.client("kong").get(PAGE).content.decode()
    page = office.get(link)
    assert page.status_code == 200 and "平均住院日" in page.content.decode()
    assert office.get(f"{OPEN}?from={PORTRAIT}&of={number}&indicator=cmi").status_code == 404
    assert office.get(f"{OPEN}?from={PORTRAIT}&of={number}").status_code == 404
    assert office.post(link, said(month, source="signal")).status_code == 302
    with inside(month):
        row = Violation.objects.get()
        proof = Evidence.objects.get(violation=row)
        assert (row.source, row.source_id, row.source_mark) == ("signal", number, STAY)
        assert proof.kind == "signal" and "4.00" in proof.text
    body = office.get(f"/a/qinghe/violations/{row.pk}/").content.decode()
    assert PAGE in body and "4.00" in body
    again = office.post(link, said(month, source="signal"))
    assert again.status_code == 400 and row.number in again.content.decode()
    body = office.get(PAGE).content.decode()
    assert link.replace("&", "&amp;") not in body and f"/a/qinghe/violations/{row.pk}/" in body
    # Another institution is not what the signal is about.
    other = office.post(link, said(month, source="signal", institution=str(month.tcm.pk)))
    assert other.status_code == 400
    twice = {
        one.attname: getattr(row, one.attname) for one in Violation._meta.concrete_fields
        if one.attname not in ("id", "number")
    }  # fmt: skip
    with pytest.raises(DatabaseError, match="violation_source_once"), inside(month):
        Violation.objects.create(number="WY2026-9999", **twice)
    with pytest.raises(DatabaseError, match="stays"), inside(month):
        Violation.objects.filter(pk=row.pk).update(source_mark="cmi")


def test_a_row_of_the_insurers_file_leads_to_a_case_where_it_says_something_else(month: World) -> None:
    organisation = month.lead.organisation
    county.insurer_file(month, [
        [organisation, f"lead{OCTOBER}0001", 1, "2026-10-12", "ES29", "100.00", "20.00", "超限定"],
        [organisation, "none", 1, "2026-10-12", "ES29", "100.00", "", ""],
    ])  # fmt: skip
    with inside(month):
        differs, unknown = CentralResult.objects.order_by("line")
        assert carrying.find(month.luo, CENTRAL, unknown.pk) is None
        assert carrying.find(month.tan, CENTRAL, differs.pk) is None
    office = month.client("luo")
    row_page = "/a/qinghe" + reverse("central-row", args=[differs.pk], urlconf="config.alliance_urls")
    assert office.get(row_page).status_code == 200
    link = f"{OPEN}?from={CENTRAL}&of={differs.pk}"
    body = office.get(row_page).content.decode()
    assert link.replace("&", "&amp;") in body
    assert office.post(link, said(month, source="central")).status_code == 302
    with inside(month):
        row = Violation.objects.get()
        assert row.source_id == differs.pk and "ES29" in row.evidence.get().text
    assert row_page in office.get(f"/a/qinghe/violations/{row.pk}/").content.decode()
    assert office.post(link, said(month, source="central")).status_code == 400


def test_a_data_notice_leads_to_one_case_of_the_institution_it_is_about(world: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(world):
            declared.declare(world)
            sample = samples.draw(by=world.luo, month=declared.MONTH, now=declared.NOW)
            town = declared.checks(sample, world.shiqiao.code)
            declared.find(world, town["contracted"], 60)
            notice = declared.find(world, town["resident_population"], None)
            assert notice is not None and notice.institution == world.shiqiao
        office, page = world.client("luo"), f"/a/qinghe/declared/notices/{notice.pk}/"
        link = f"{OPEN}?from=performance.declarednotice&of={notice.pk}"
        assert link.replace("&", "&amp;") in office.get(page).content.decode()
        assert OPEN not in world.client("han").get(page).content.decode()
        sent = said(world, source="notice", title="签约数不实", institution=str(world.shiqiao.pk))
        other = office.post(link, {**sent, "institution": str(world.lead.pk)})
        assert other.status_code == 400  # another institution is not what it is about
        assert office.post(link, sent).status_code == 302
        with inside(world):
            row = Violation.objects.get()
            assert (row.source, row.source_id) == ("notice", notice.pk)
            assert row.institution_id == world.shiqiao.pk
            assert row.evidence.get().kind == "notice"
        body = office.get(f"/a/qinghe/violations/{row.pk}/").content.decode()
        assert page in body
        again = office.post(link, sent)
        assert again.status_code == 400 and row.number in again.content.decode()
        body = office.get(page).content.decode()
        assert f"/a/qinghe/violations/{row.pk}/" in body and link.replace("&", "&amp;") not in body


def test_a_difference_between_two_houses_leads_to_a_case_of_the_side_denied(world: World) -> None:
    set_urlconf("config.alliance_urls")
    with inside(world):
        confirming.prepare(world)
        confirming.opened(world)
        found = confirming.object_to("referral.up", world.kong)
        thing = carrying.find(world.luo, "confirmation.difference", found.pk)
        assert thing is not None and thing.institution is not None
        assert carrying.find(world.people["tang"], "confirmation.difference", found.pk) is None
        acts = show.offers(world.luo, thing)
        assert len(acts) == 1 and acts[0].get and f"of={found.pk}" in acts[0].url
        assert show.offers(world.kong, thing) == []
        place = thing.institution
    sent = said(world, source="entry", institution=str(place.pk))
    assert world.client("luo").post(f"/a/qinghe{acts[0].url}", sent).status_code == 302
    with inside(world):
        row = Violation.objects.get()
        assert (row.source, row.institution_id, row.source_id) == ("entry", place.pk, found.pk)
    set_urlconf(None)
