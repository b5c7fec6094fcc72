"""The crawl of languages: no Chinese of ours on an English page, no English sentence of ours on a Chinese.

What people typed and what files brought stands on pages as it is: a text is ours when no row of the alliance
holds it. Names of chains and steps are rows, too, but we ship them: they are ours.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import override_settings

from alliance.lib import po
from alliance.tenancy import walls
from alliance.tenancy.scope import act_in
from grouping.services import schemes
from tests.access_cases import CASES
from tests.access_scene import NOW, Things, sides
from tests.plugin import Homes, move_to
from tests.test_access import BY_NAME, Browser, Town, undone
from tests.web.test_catalogue import PARTS
from tests.world import make_world

pytestmark = pytest.mark.slow
READERS = ("luo", "lin")
SHIPPED = {"alliance_approvals_chain", "approvals_chain", "approvals_approval"}
# Pages of other rooms are theirs to sweep; the dictionary and the interpreter show both languages on purpose.
ROOMS = ("alliance", "grouping")
BOTH = {"data-dictionary", "interpreter"}
HIDDEN = re.compile(r"<(script|style|svg|datalist|textarea)\b.*?</\1>|<!--.*?-->", re.S)
SHOWN_ATTRIBUTES = re.compile(r'\b(?:aria-label|placeholder|title)="([^"]*)"')
OPTIONS = re.compile(r"<option\b[^>]*>")
CHINESE = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff、，。：；（）]*")
ENGLISH = re.compile(r"\b[A-Za-z]{2,}(?: [a-z’']{2,}){2,}")


@pytest.fixture(scope="module")
def town(django_db_setup: Homes, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Town]:
    """The cast with everything of one side, as the crawl of rights has it."""
    folder = tmp_path_factory.mktemp("files")
    move_to(django_db_setup.empty)
    with (
        django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder),
        time_machine.travel(NOW, tick=False), undone(),
    ):  # fmt: skip
        world = make_world()
        made = {name: Things(side) for name, side in sides(world).items()}
        town = Town(world, **made)
        for case in CASES.values():
            if case.make:
                case.arguments(town.own)
        yield town


def pages_of(town: Town, language: str) -> Iterator[tuple[str, str]]:
    """Every page of our rooms that its readers open: where it is and what it shows."""
    for reader in READERS:
        browser = Browser(town.world.client(reader, HTTP_ACCEPT_LANGUAGE=language))
        browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        for name, case in CASES.items():
            address = BY_NAME.get(name)
            if address is None or not address.inside or name in BOTH or not ours(address.view):
                continue
            path = town.path(name, case.arguments(town.own) or None)
            for query in ("", *(one for one in case.queries if "{" not in one)):
                yield from shown(browser, "GET", path + query)
            yield from shown(browser, "POST", path)  # an empty form comes back with what is wrong


def shown(browser: Browser, method: str, path: str) -> Iterator[tuple[str, str]]:
    """The page that answers, if it is one; what the request did is undone."""
    with undone():
        answer = browser.generic(method, path, content_type="application/x-www-form-urlencoded")
        if answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            yield f"{method} {path}", answer.content.decode()


def ours(view: Any) -> bool:
    """Whether a view is one of the rooms this crawl sweeps; master data are Django's own pages."""
    place = getattr(view, "__module__", "")
    return place.split(".")[0] in ROOMS and "admin" not in place


def texts(page: str) -> list[str]:
    """What a page shows: text between tags, and the attributes that are read out or hinted."""
    page = HIDDEN.sub(" ", page.split('<main id="main"')[-1].split("</main>")[0])
    said = [html.unescape(found) for found in SHOWN_ATTRIBUTES.findall(page)]
    return [*said, *(html.unescape(one).strip() for one in re.split(r"<[^>]*>", page))]


def known_rows(town: Town) -> str:
    """Every text of the alliance's rows and of the scheme's package, in one string."""
    tables = sorted({wall.table for wall in walls.walls()} - SHIPPED)
    with act_in(town.world.qinghe), connection.cursor() as cursor:
        rows: list[str] = []
        for table in tables:
            cursor.execute(f"select t::text from {table} t")
            rows += [row[0] for row in cursor.fetchall()]
        package = schemes.package(schemes.in_force(NOW.date()))
    people = [str(one.user) for one in town.world.people.values()]
    names = [*package.diagnosis_names.values(), *package.procedure_names.values(), repr(package.mdcs)]
    names += [repr(package.adrgs), repr(package.drgs), package.head.name, repr(package.head)]
    return "\n".join([*rows, *people, *names, town.world.qinghe.name, *glosses()])


def unknown_rows(town: Town) -> Callable[[str], bool]:
    """Whether no row holds a text: looked for once, for all rows together are long and most texts recur."""
    known = known_rows(town)
    return cache(lambda text: text not in known)


def glosses() -> list[str]:
    """Chinese that English texts hold on purpose: words as they stand in files and on buttons of others."""
    ids = [one.id if isinstance(one.id, str) else one.id[0] for one in po.merge(PARTS.glob("*.po")).catalogue]
    return [found for text in ids for found in CHINESE.findall(text)]


def test_no_chinese_of_ours_stands_on_an_english_page(town: Town) -> None:
    unknown = unknown_rows(town)
    faults: dict[str, str] = {}
    for where, page in pages_of(town, "en"):
        for text in texts(page):
            for found in CHINESE.findall(text):
                bare = found.rstrip("、，。：；（）")
                if unknown(bare):
                    faults.setdefault(bare, f"{where}: {text[:90]}")
    assert not faults, "\n".join(f"{text}: {where}" for text, where in sorted(faults.items()))


def test_no_english_sentence_of_ours_stands_on_a_chinese_page(town: Town) -> None:
    unknown = unknown_rows(town)
    faults: dict[str, str] = {}
    for where, page in pages_of(town, "zh-hans"):
        for text in texts(page):
            for found in ENGLISH.findall(text):
                if unknown(found):
                    faults.setdefault(found, f"{where}: {text[:90]}")
    assert not faults, "\n".join(f"{text}: {where}" for text, where in sorted(faults.items()))
