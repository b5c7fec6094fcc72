"""The cross-check: drawn by seed, found by somebody else, notice above the limit, veto by a vote (S3-36)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from alliance.lib import sampling
from performance.declared.refusals import DeclaredRefused
from performance.declared.services import samples
from performance.declared.waiting import waiting
from performance.models import DeclaredCheck, DeclaredNotice, DeclaredSample
from performance.show import road
from tests.performance.declared_scene import NOW, OCTOBER, both_seats, committee, confirmed, entry
from tests.performance.scene import inside
from tests.world import World, place

MONTH = OCTOBER.first


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """Two institutions with two confirmed values each."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        declare(world)
        yield world


def declare(world: World) -> None:
    for where in (world.lead, world.shiqiao):
        by = "lin" if where == world.lead else "han"
        confirmed(world, entry(where, "contracted", 620), entry(where, "resident_population", 1000), by=by)


def checks(sample: DeclaredSample, code: str) -> dict[str, DeclaredCheck]:
    """The checks of an institution by fact."""
    rows = DeclaredCheck.objects.filter(sample=sample, value__institution__code=code)
    return {one.value.fact: one for one in rows.select_related("value")}


def find(world: World, one: DeclaredCheck, found: int | None, by: str = "meng") -> DeclaredNotice | None:
    value = None if found is None else Decimal(found)
    return samples.find(by=world.people[by], check=one, found=value, remark="见原始登记", now=NOW)


def test_a_sample_is_drawn_by_seed_and_anybody_draws_it_again(house: World) -> None:
    with pytest.raises(PermissionDenied):
        samples.draw(by=house.lin, month=MONTH, now=NOW)
    with pytest.raises(DeclaredRefused, match="nothing to draw"):
        samples.draw(by=house.luo, month=MONTH.plus(-1), now=NOW)
    sample = samples.draw(by=house.luo, month=MONTH, now=NOW)
    keys = list(samples.drawable(MONTH))
    assert sample.population == 4 and sample.population_digest == sampling.population_digest(keys)
    drawn = sampling.draw(keys, seed=sample.seed, count=4)
    assert [samples.key_of(one.value) for one in sample.checks.order_by("place")] == drawn
    again = samples.draw(by=house.luo, month=MONTH, now=NOW, seed=sample.seed)
    order = [one.value_id for one in sample.checks.order_by("place")]
    assert [one.value_id for one in again.checks.order_by("place")] == order
    with pytest.raises(DatabaseError), transaction.atomic():
        DeclaredSample.objects.filter(pk=sample.pk).update(seed="x")


def test_an_error_above_the_limit_gives_a_notice_that_is_answered_and_closed(house: World) -> None:
    sample = samples.draw(by=house.luo, month=MONTH, now=NOW)
    lead, town = checks(sample, "QH01"), checks(sample, "QH11")
    with pytest.raises(DeclaredRefused, match="what the evidence shows"):
        samples.find(by=house.meng, check=town["contracted"], found=None, remark=" ", now=NOW)
    assert (
        find(house, lead["contracted"], 620) is None
        and find(house, lead["resident_population"], 1000) is None
    )
    assert find(house, town["contracted"], 600) is None  # the other one is not checked yet
    notice = find(house, town["resident_population"], 1000)
    assert notice is not None and (notice.wrong, notice.checked, notice.institution) == (1, 2, house.shiqiao)
    with pytest.raises(DeclaredRefused, match="checked already"):
        find(house, town["contracted"], 620)
    assert not DeclaredNotice.objects.filter(institution=house.lead).exists()
    with pytest.raises(PermissionDenied):
        samples.reply(by=house.lin, notice=notice, answer="x")
    notice = samples.reply(by=house.han, notice=notice, answer="已按登记簿更正", version=1)
    assert samples.close(by=house.luo, notice=notice).state == "closed"


@pytest.mark.urls("config.alliance_urls")
def test_the_institution_hears_of_its_notice_until_it_has_answered(house: World) -> None:
    sample = samples.draw(by=house.luo, month=MONTH, now=NOW)
    town = checks(sample, "QH11")
    find(house, town["contracted"], 0)
    notice = find(house, town["resident_population"], None)
    assert notice is not None and notice.wrong == 2
    assert [todo.state for todo in waiting(house.han, NOW)] == ["warn"]
    assert waiting(house.han, notice.due_at + timedelta(days=1))[-1].state == "late"
    samples.reply(by=house.han, notice=notice, answer="已更正")
    assert waiting(house.han, NOW) == [] and waiting(house.lin, NOW) == []


def test_proved_falsification_becomes_a_veto_only_by_a_vote(house: World) -> None:
    sample = samples.draw(by=house.luo, month=MONTH, now=NOW)
    town = checks(sample, "QH11")
    find(house, town["contracted"], 100)
    notice = find(house, town["resident_population"], 1000)
    assert notice is not None
    said: dict[str, Any] = {"by": house.luo, "notice": notice, "now": NOW}
    with pytest.raises(DeclaredRefused, match="decided by a body"):  # S3-35: two people are no committee
        samples.propose_veto(**said, reason="伪造签约协议 520 份", chain="two_people")
    veto = samples.propose_veto(**said, reason="伪造签约协议 520 份", chain=committee(house))
    with pytest.raises(DeclaredRefused, match="proposed or in force"):
        samples.propose_veto(**said, reason="再次")
    assert samples.vetoes(MONTH) == {}
    both_seats(house, veto, "yes")
    assert [row.reason for row in samples.vetoes(MONTH).values()] == ["伪造签约协议 520 份"]
    assert set(samples.vetoes(MONTH)) == {"QH11"} and samples.vetoes(MONTH.next()) == {}
    (note,) = road.vetoed(MONTH)  # stands on the page of the month
    assert "石桥" in note["text"] and road.vetoed(MONTH.next()) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        type(veto).objects.filter(pk=veto.pk).update(state="declined")


def test_a_declined_veto_is_none(house: World) -> None:
    sample = samples.draw(by=house.luo, month=MONTH, now=NOW)
    town = checks(sample, "QH11")
    find(house, town["contracted"], 100)
    notice = find(house, town["resident_population"], 1000)
    assert notice is not None
    veto = samples.propose_veto(by=house.luo, notice=notice, reason="疑似", now=NOW, chain=committee(house))
    both_seats(house, veto, "no")
    veto.refresh_from_db()
    assert veto.state == "declined" and samples.vetoes(MONTH) == {}


def test_more_values_cost_no_more_queries(house: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            sample = samples.draw(by=house.luo, month=MONTH, now=NOW)
            samples.tally(sample)
        return len(caught)

    before = cost()
    places = [place(f"QH6{number}", f"乡{number}院", "primary", "township") for number in range(30)]
    confirmed(house, *(entry(one, "contracted", 5) for one in places), by="luo", second="meng")
    assert cost() == before


def test_the_pages_of_the_cross_check(world: World, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    with inside(world):
        declare(world)
    with time_machine.travel(NOW, tick=False):
        office, town = world.client("meng"), world.client("han")
        page = office.post("/a/qinghe/declared/samples/draw/2026-10/", follow=True)
        url = page.redirect_chain[0][0]
        assert "随机种子" in page.content.decode() and "sha256" in page.content.decode()
        with inside(world):
            ids = {
                (one.value.institution.code, one.value.fact): one.pk for one in DeclaredCheck.objects.all()
            }
        check = f"/a/qinghe/declared/checks/{ids['QH11', 'contracted']}/"
        refused = office.post(check, {"found": "60x", "remark": "少"})
        assert refused.status_code == 400 and "60x" in refused.content.decode()
        assert office.post(check, {"found": "60", "remark": "登记簿只有 60 份"}).status_code == 302
        other = f"/a/qinghe/declared/checks/{ids['QH11', 'resident_population']}/"
        said = office.post(other, {"found": "1000", "remark": ""}, follow=True).content.decode()
        assert "已发通报" in said and "50.0%" in said
        seen = town.get(url).content.decode()
        assert "石桥镇" in seen and "清河县人民医院" not in seen
        with inside(world):
            notice = f"/a/qinghe/declared/notices/{DeclaredNotice.objects.get().pk}/"
        assert "登记簿只有 60 份" in town.get(notice).content.decode()
        assert world.client("lin").get(notice).status_code == 404
        assert town.post(f"{notice}answer/", {"answer": "已补录"}).status_code == 302
        assert town.post(f"{notice}veto/", {"reason": "x", "chain": "two_people"}).status_code == 403
        alone = office.post(f"{notice}veto/", {"reason": "伪造", "chain": "two_people"})
        assert alone.status_code == 400 and "伪造" in alone.content.decode()
        assert office.post(f"{notice}veto/", {"reason": "伪造", "chain": "county"}).status_code == 302
        assert "伪造" in office.get(notice).content.decode()
        assert office.post(f"{notice}close/").status_code == 302
