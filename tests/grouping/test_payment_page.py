"""The payment of a month as a page: every yuan in one class, estimates marked, numbers open their stays."""

from __future__ import annotations

import html
import re

import pytest

from alliance.lib.period import Month
from alliance.web import words
from grouping import facts
from grouping.services import paying
from tests.grouping.scene import HOME, browser, inside, pages, queries, store, text
from tests.grouping.test_metrics_pages import priced
from tests.grouping.test_paying import mixed, weight
from tests.world import World

OCTOBER = Month(2026, 10)
PAGE = f"{HOME}/payment-month/?month=2026-10"
CELL = re.compile(r'href="(/a/qinghe/payment-month/cases/\?[^"]+)">([\d,]+)<')
LISTED = re.compile(r"([\d,]+) stays · charges ([\d,.]+) yuan · payment ([\d,.]+) yuan")


@pytest.fixture
def paid(scene: World) -> World:
    """Lists, estimates, a list that waits, two paid otherwise, at two institutions; a rate in force."""
    mixed(scene)
    store(scene, pages(scene, 3, A01=scene.tcm.organisation), by=scene.tan)
    with inside(scene):
        priced(scene, round(123_456 / weight()))
    return scene


def test_every_number_opens_as_many_stays_and_as_much_money(paid: World) -> None:
    client = browser(paid, "luo")
    page = text(client.get(PAGE))
    links = [(html.unescape(url), number) for url, number in CELL.findall(page)]
    assert len(links) >= 12
    for url, number in links:
        found = LISTED.search(text(client.get(url)))
        assert found is not None and found[1] == number, url


def test_the_page_adds_up_to_the_facts_and_names_what_is_in_no_figure(paid: World) -> None:
    page = text(browser(paid, "luo").get(PAGE))
    with inside(paid):
        stays, known = paying.paid(OCTOBER), facts.payment_facts(OCTOBER)
    payment = sum(one.payment_fen or 0 for one in stays)
    estimated = sum(one.payment_fen or 0 for one in stays if one.estimated)
    said = f"{words.yuan(payment)} yuan by weight, {words.yuan(estimated)} of it estimated"
    assert said in page
    assert len(stays) == sum(fact.stays for fact in known)
    assert words.yuan(sum(fact.cost_fen for fact in known)) in page
    assert "Match 1 list" in page and "in no figure" in page
    assert "paid otherwise" in page and "it is no error" in page


def test_the_classes_add_up_to_the_month(paid: World) -> None:
    page = text(browser(paid, "luo").get(PAGE))
    with inside(paid):
        stays = paying.paid(OCTOBER)
    found = [(html.unescape(url), int(number)) for url, number in CELL.findall(page) if "estim" not in url]
    by_class = [number for url, number in found if "kind=" in url]
    by_place = [number for url, number in found if "institution=" in url]
    assert len(by_class) >= 2 and sum(by_class) == sum(by_place) == len(stays)
    totals = [number for url, number in found if "kind=" not in url and "institution=" not in url]
    assert totals == [len(stays)] * 2


def test_an_institution_sees_its_own_and_who_lists_no_cases_sees_sums(paid: World) -> None:
    own = text(browser(paid, "kong").get(PAGE))
    assert paid.lead.short_name in own and paid.tcm.short_name not in own
    client = browser(paid, "kong")
    listed = client.get(f"{HOME}/payment-month/cases/?month=2026-10&institution={paid.tcm.pk}")
    with inside(paid):
        assert LISTED.search(text(listed))[1] == str(len(paying.paid(OCTOBER, paid.lead.pk)))  # type: ignore[index]
    sums = text(browser(paid, "cai").get(PAGE))
    assert "payment-month/cases/" not in sums and "yuan by weight" in sums
    assert browser(paid, "cai").get(f"{HOME}/payment-month/cases/?month=2026-10").status_code == 403


def test_the_number_of_queries_does_not_grow(scene: World) -> None:
    store(scene, pages(scene, 1))
    client = browser(scene, "luo")
    queries(client, "payment-month/?month=2026-10")
    names = ("payment-month/?month=2026-10", "payment-month/cases/?month=2026-10")
    before = [queries(client, name) for name in names]
    store(scene, pages(scene, 30))
    assert [queries(client, name) for name in names] == before
