"""The crawl: every address, every method, every role, on one's own objects, the neighbour's, the other
alliance's.

What belongs to the other alliance answers exactly like what does not exist; what belongs to another
institution of the same alliance likewise (N1, N2, N5). An address without a case in tests.access_cases turns
the build red.
"""

from __future__ import annotations

import logging
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import get_resolver, resolve, reverse, set_script_prefix
from rest_framework.throttling import ScopedRateThrottle

from alliance.models import Membership
from alliance.roles import roles
from alliance.tenancy import walls
from alliance.tenancy.scope import act_in
from tests.access_cases import CASES, PUBLIC, Case
from tests.access_scene import NOW, Things, sides
from tests.complaints.scene import appoint
from tests.plugin import Homes, connect_to, copy_of_template
from tests.world import World, make_world, member

pytestmark = pytest.mark.slow
NOBODY = 999_999_999_999
# Their institution is the own side's: what the sibling alone may know is nothing to them.
NEIGHBOURS = ("lin", "kong")
ACTORS = ("lin", "kong", "han", "luo", "su", "cai", "ding", "ji")
# Lists are looked at as a doctor and steward and as the administrator, before and after.
LOOKERS = ("lin", "su")
ALL_METHODS = "su"
# Who follows the links of their pages: heads, the field, the office, those who look on from outside.
WALKERS = ("lin", "xu", "gu", "luo", "ding", "ji", "yan")
SAFE = ("GET", "HEAD", "OPTIONS")
METHODS = (*SAFE, "POST", "PUT", "PATCH", "DELETE")
CHANGING = re.compile(
    r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"|name="next" value="[^"]*"'
    r'|name="sheet" value="[^"]*"'  # new on each form handed out, like the token
)


# Addresses -----------------------------------------------------------------------
@dataclass(frozen=True)
class Address:
    """One address of the product."""

    name: str
    route: str
    view: Any
    inside: bool  # below /a/<code>/


def addresses() -> list[Address]:
    """Every address of both lists."""
    return [
        Address(name, route, view, urlconf == "config.alliance_urls")
        for urlconf in ("config.urls", "config.alliance_urls")
        for name, route, view in _walk(get_resolver(urlconf).url_patterns, "", "")
    ]


def _walk(patterns: Any, space: str, route: str) -> Iterator[tuple[str, str, Any]]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner, here)
        else:
            yield space + (pattern.name or here), here, pattern.callback


ALL = addresses()
BY_NAME = {address.name: address for address in ALL}
CRAWLED = sorted(name for name in CASES if name in BY_NAME)


def test_every_address_is_crawled() -> None:
    unknown = sorted({address.name for address in ALL} - set(CASES) - set(PUBLIC))
    assert not unknown, f"add to tests/access_cases.py how these are asked for: {', '.join(unknown)}"
    gone = sorted((set(CASES) | set(PUBLIC)) - {address.name for address in ALL})
    assert not gone, f"these addresses are gone; take them out of tests/access_cases.py: {', '.join(gone)}"
    assert len(BY_NAME) == len(ALL), "two addresses bear the same name"


def test_every_view_says_which_right_it_needs() -> None:
    silent = [address.name for address in ALL if address.name not in PUBLIC and not _needs(address.view)]
    assert not silent, f"decorate with alliance.web.access.permit, or give `permits`: {', '.join(silent)}"


def _needs(view: Any) -> Any:
    """The right a page names, or the rights of an API view by method, all of its methods."""
    for holder in (view, getattr(view, "model_admin", None), getattr(view, "admin_site", None)):
        if (found := getattr(holder, "permits", None)) is not None:
            return found
    kind = getattr(view, "cls", None)
    declared = getattr(kind, "permits", {})
    handled = {
        method for method in METHODS if method not in ("HEAD", "OPTIONS") and hasattr(kind, method.lower())
    }
    return declared if declared and handled <= set(declared) else None


def rights(view: Any, method: str) -> tuple[str, ...]:
    """The rights a method of a view needs, every one of them."""
    needs = _needs(view)
    if isinstance(needs, dict):
        needs = needs.get("GET" if method == "HEAD" else method, ())
    return (needs,) if isinstance(needs, str) else tuple(needs or ())


def test_a_list_of_cases_is_closed_to_whom_the_page_above_it_is_closed() -> None:
    """A list of cases may not be open to a role whose page above it answers 403."""
    open_alone = [
        (below.name, above.name, role.code)
        for below in ALL
        if "case.list" in rights(below.view, "GET") and (above := _above(below)) is not None
        for role in roles().values()
        if set(rights(below.view, "GET")) <= set(role.may)
        and not set(rights(above.view, "GET")) <= set(role.may)
    ]
    assert open_alone == []


def _above(below: Address) -> Address | None:
    """The page whose address is the longest beginning of another's."""
    begun = [
        one
        for one in ALL
        if one.inside and one.route and one.route != below.route and below.route.startswith(one.route)
    ]
    return max(begun, key=lambda one: len(one.route), default=None)


class Browser(Client):
    """A signed-in client that keeps no rendered templates: copying their contexts costs more than the
    answer.
    """

    def __init__(self, signed_in: Client) -> None:
        super().__init__(raise_request_exception=False)
        self.cookies = signed_in.cookies

    def request(self, **request: Any) -> Any:
        """The bare answer."""
        return self.handler(self._base_environ(**request))


# The town ------------------------------------------------------------------------
@dataclass
class Town:
    """The cast with everybody's objects, browsers signed in, and lists as they were before others' rows
    came.
    """

    world: World
    own: Things
    sibling: Things
    foreign: Things
    browsers: dict[str, Client] = field(default_factory=dict)
    looks: list[dict[tuple[str, str, str], str]] = field(default_factory=list)

    def ask(self, actor: str, path: str, method: str = "GET", **more: Any) -> Any:
        """One request, undone afterwards; constraints that wait for a commit are checked.

        Nobody of these belongs to the other alliance: whatever was asked for, its rows stay as they were.
        """
        kind = {"content_type": "application/json"} if method not in SAFE and "/api/" in path else {}
        with undone():
            # A streamed answer is written inside, while what it reads is still there.
            response = self.browsers[actor].generic(method, path, **{**kind, **more})
            response.body = b"".join(response.streaming_content) if response.streaming else response.content
            if method not in SAFE:
                connection.check_constraints()
            tables = written_tables()
            after = fingerprint(self.world.jiangzhou, tables)
        assert after == fingerprint(self.world.jiangzhou, tables), f"{actor} {method} {path} wrote there"
        return response

    def path(self, name: str, kwargs: dict[str, Any] | None) -> str:
        """The address of a name with arguments."""
        inside = BY_NAME[name].inside
        set_script_prefix("/a/qinghe/" if inside else "/")
        try:
            return reverse(name, "config.alliance_urls" if inside else "config.urls", kwargs=kwargs)
        finally:
            set_script_prefix("/")


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves nothing."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def town(django_db_setup: Homes, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Town]:
    """Built once, step by step: own things, then the neighbour's, then the other alliance's.

    In a database of its own, each step committed: within one long transaction every look at a row asks which
    of thousands of savepoints it came from, and every check of constraints passes all rows again.
    """
    folder = tmp_path_factory.mktemp("files")
    patch = pytest.MonkeyPatch()
    # Thousands of refusals, each with its stack: the log would cost more than the requests.
    logging.disable(logging.ERROR)
    # The crawl asks more often in a frozen minute than any program may.
    patch.setattr(ScopedRateThrottle, "allow_request", lambda *args: True)
    with (
        copy_of_template(f"xietong_crawl_{os.getpid()}") as name,
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=folder),
        time_machine.travel(NOW, tick=False),
    ):
        connect_to(name)
        yield _build()
        connect_to(django_db_setup.empty)
    logging.disable(logging.NOTSET)
    patch.undo()


def _build() -> Town:
    with kept():
        world = make_world()
        with act_in(world.qinghe):  # the sealed box is opened by nobody else
            world.people["ji"] = member("ji", "纪明正", None, "discipline")
            appoint(world, world.ji)
            world.people["xu"] = member("xu", "徐长河", world.lead, "institution_head")
            world.people["gu"] = member("gu", "顾守成", world.shiqiao, "institution_admin")
            world.people["yan"] = member("yan", "严公允", None, "third_party_evaluator")
        made = {name: Things(side) for name, side in sides(world).items()}
        town = Town(world, **made)
        browsers = {name: Browser(world.client(name)) for name in {*ACTORS, *WALKERS}}
        town.browsers = browsers | {"nobody": Browser(Client())}
        for browser in browsers.values():  # a session stores when it began, once, not on each page asked for
            assert browser.get("/a/qinghe/").status_code == 200
    _make(town.own, lambda case: True)
    _make(town.sibling, lambda case: case.shared)
    # Departments are known throughout the alliance: referrals are sent to them.
    with kept():
        CASES["data:alliance_department_change"].arguments(town.sibling)
    town.looks.append(_look(town, NEIGHBOURS[:1], exporter=""))
    _make(town.sibling, lambda case: True)
    town.looks.append(_look(town, LOOKERS))
    _make(town.foreign, lambda case: True)
    town.looks.append(_look(town, LOOKERS))
    return town


def _make(things: Things, wanted: Any) -> None:
    with kept():
        for case in CASES.values():
            if case.make and wanted(case):
                case.arguments(things)


def arguments(case: Case, things: Things) -> Any:
    """What the address of a case is asked with; made now if nobody asked before."""
    with kept():
        return case.arguments(things)


@contextmanager
def kept() -> Iterator[None]:
    """What happens inside stays; no worker is there whom a committed job would wake."""
    with transaction.atomic():
        yield
        connection.run_on_commit.clear()


def _look(town: Town, actors: Any, exporter: str = "luo") -> dict[tuple[str, str, str], str]:
    """Every address without arguments, under every condition, as each actor sees it now."""
    return {
        (name, actor, query): plain(
            town.ask(actor, path := town.path(name, None) + _filled(town, query)), path
        )
        for name, case in CASES.items()
        if case.make is None and name in BY_NAME
        for actor in (*actors, *([exporter] if exporter and "export" in name else []))
        for query in ("", *case.queries, *(["?page=2"] if case.queries else []))
    }


def _filled(town: Town, query: str) -> str:
    return query.format(foreign=town.foreign)


def plain(response: Any, path: str) -> str:
    """Status and body without what differs between two requests for the same thing."""
    text = CHANGING.sub("", response.body.decode(errors="replace"))
    return f"{response.status_code} {text.replace(path, '<path>')}"


# Lists, counts, searches, exports --------------------------------------------------
def _differing(before: dict[Any, str], after: dict[Any, str]) -> list[Any]:
    return sorted(key for key, text in before.items() if text != after[key])


def test_n5_no_list_count_search_or_condition_changes_when_the_other_alliance_gets_rows(town: Town) -> None:
    _first, before, after = town.looks
    assert _differing(before, after) == []
    assert not [key for key, text in after.items() if town.foreign.side.mark in text]


def test_n2_nor_when_another_institution_of_the_alliance_gets_rows_of_its_own(town: Town) -> None:
    before, after, _last = town.looks
    differing = _differing(before, {key: after[key] for key in before})
    assert [key for key in differing if not CASES[key[0]].aggregates] == []
    # Where means of the alliance stand, they may move; no row of the other institution may be there.
    theirs = (
        town.sibling.side.mark,
        f"/cases/{town.sibling.case.pk}/",
        f"institution={town.sibling.side.place.pk}&",
    )
    assert not [key for key in differing if any(one in after[key] for one in theirs)]
    assert {key[0] for key in differing} == {name for name, case in CASES.items() if case.aggregates}


def test_the_lists_would_show_it(town: Town) -> None:
    """The crawl can fail: one's own rows do appear, in the lists of every room."""
    own, last = town.own, town.looks[-1]
    expected = {
        "jobs": own.job, "approvals": own.approval, "case-files": own.case_file, "cases": own.case,
        "referrals": own.referral, "consultations": own.consultation, "recognition": own.exam_order,
        "results": own.exam_result, "pairs": own.pair, "postings": own.posting, "training": own.training,
        "ledger": own.books.journal, "data:alliance_staff_changelist": own.staff,
    }  # fmt: skip
    blind = [
        name
        for name, row in expected.items()
        if not any(f"/{row.pk}/" in text for (of, _actor, _query), text in last.items() if of == name)
    ]
    assert blind == []
    promises = [text for (of, _actor, _query), text in last.items() if of == "posting-promises"]
    assert all(own.side.mark in text for text in promises)
    assert any(own.side.mark in text for (of, _actor, _query), text in last.items() if of.endswith("_export"))


# Links -----------------------------------------------------------------------------
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"#]+)"')
REFUSED = (403, 404)
OF_A_KIND = 2  # links to one kind of page that a walker follows


@pytest.mark.parametrize("actor", WALKERS)
def test_no_link_of_the_home_page_and_the_rooms_is_refused(actor: str, town: Town) -> None:
    """A page shows a link only where this member may follow it."""
    home = "/a/qinghe/"
    status, rooms = _followed(town, actor, home)
    reached, refused, further = {home: status}, [], []
    for room in rooms:
        reached[room], links = _followed(town, actor, room)
        refused += [f"{reached[room]} {room}"] if reached[room] in REFUSED else []
        further += [(path, room) for path in links]
    asked: dict[str, int] = defaultdict(int)
    for path, page in further:
        kind = resolve(path.partition("?")[0].removeprefix("/a/qinghe"), "config.alliance_urls").view_name
        if path not in reached and asked[kind] < OF_A_KIND:
            asked[kind] += 1
            reached[path] = town.ask(actor, path).status_code
            refused += [f"{reached[path]} {path} on {page}"] if reached[path] in REFUSED else []
    assert refused == [] and rooms and asked


def _followed(town: Town, actor: str, page: str) -> tuple[int, list[str]]:
    """The status of a page, and the addresses of the alliance it links to."""
    found = town.ask(actor, page)
    links = (urljoin(page, unescape(link)) for link in LINK.findall(found.body.decode(errors="replace")))
    return found.status_code, sorted({link for link in links if link.startswith("/a/qinghe/")})


# Objects ---------------------------------------------------------------------------
@pytest.mark.parametrize("name", CRAWLED)
def test_n1_address(name: str, town: Town) -> None:
    case, address = CASES[name], BY_NAME[name]
    own = town.path(name, arguments(case, town.own))
    faults = _own_faults(town, address, own)
    if case.of:
        faults += _foreign_faults(town, address, case)
    assert faults == []


def _own_faults(town: Town, address: Address, path: str) -> list[str]:
    """One's own object: never a fault of ours, never an answer without the right, and somebody gets one."""
    faults, opened = [], False
    for actor in (*ACTORS, "nobody"):
        for method in METHODS if actor == ALL_METHODS else ("GET", "POST"):
            status = town.ask(actor, path, method).status_code
            opened |= status < 400 or (status in (400, 409) and method != "GET")
            if status >= 500 or not _allowed(town, address, actor, method, status):
                faults.append(f"{actor} {method} {path}: {status}")
    return (
        faults
        if opened
        else [*faults, f"nobody may open {path}: the case in tests/access_cases.py proves nothing"]
    )


def _allowed(town: Town, address: Address, actor: str, method: str, status: int) -> bool:
    """Without the right 403 (or what tells less), without a sign-in the way to it."""
    if actor == "nobody":
        return status in (301, 302, 401, 403, 405)
    member: Membership = town.world.people[actor]
    able = all(member.can(needed) for needed in rights(address.view, method))
    return method == "OPTIONS" or able or status in (403, 404, 405)


def _foreign_faults(town: Town, address: Address, case: Case) -> list[str]:
    """The other alliance's object, and the neighbour's, answer like one that does not exist."""
    nothing = town.path(address.name, _missing(case, arguments(case, town.own)))
    able = [actor for actor in ACTORS if _has_a_right(town, address, actor)]
    missing = _answers(town, nothing, able)
    near = [actor for actor in NEIGHBOURS if actor in able]
    strange = [(town.foreign, able), *([] if case.shared else [(town.sibling, near)])]
    faults = [] if able else [f"nobody has the right of {address.name}"]
    for things, actors in strange:
        path = town.path(address.name, arguments(case, things))
        for (actor, method), answer in _answers(town, path, actors).items():
            if answer != missing[actor, method] or not _tells_nothing(method, answer):
                faults.append(f"{actor} {method} {path}: {answer[:3]}, missing {missing[actor, method][:3]}")
    return faults


def _has_a_right(town: Town, address: Address, actor: str) -> bool:
    """Who lacks the right gets the same 403 for every id, which `_own_faults` asks for."""
    needs = _needs(address.view)
    member = town.world.people[actor]
    methods = needs if isinstance(needs, dict) else ["GET"]
    return any(all(member.can(one) for one in rights(address.view, method)) for method in methods)


def _answers(town: Town, path: str, actors: Sequence[str]) -> dict[tuple[str, str], str]:
    """What each actor gets: all methods for the first one, reading and writing for the next, reading for
    all.
    """
    return {
        (actor, method): plain(town.ask(actor, path, method), path)
        for actor in actors
        for method in (METHODS if actor == actors[0] else ("GET", "POST") if actor == actors[1] else ("GET",))
    }


def _tells_nothing(method: str, answer: str) -> bool:
    return answer[:3] in ("403", "404", "405") or (method == "OPTIONS" and answer[:3] == "200")


def _missing(case: Case, kwargs: dict[str, Any]) -> dict[str, Any]:
    nothing = {name: NOBODY if isinstance(kwargs[name], int) else "NOPE" for name in case.of}
    return {**kwargs, **nothing}


# Asking the models anew took more time than many a request.
WALLED = frozenset(wall.table for wall in walls.walls()) - {"alliance_journal", "alliance_apitoken"}


def written_tables() -> list[str]:
    """Walled tables this transaction wrote to, perhaps also some that the ones just before it did.

    The journal aside, which writes down who was refused, and the last use of a program's key. Who writes a
    row is given a number by PostgreSQL: a transaction without one wrote nothing, and nothing is counted.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where pg_current_xact_id_if_assigned() is not null"
            " and relkind = 'r' and pg_stat_get_xact_tuples_inserted(oid)"
            " + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid) > 0"
        )
        return sorted(WALLED.intersection(name for (name,) in cursor.fetchall()))


def fingerprint(alliance: Any, tables: Sequence[str]) -> list[Any]:
    """Rows of an alliance in some tables: how many, and what they say, as one number a table."""
    if not tables:
        return []
    with undone(), act_in(alliance), connection.cursor() as cursor:
        cursor.execute(
            " union all ".join(
                f"select '{table}', count(*), sum(hashtext(t::text)::bigint) from {table} t"
                for table in tables
            )
        )
        return sorted(cursor.fetchall())


def test_the_crawl_would_see_a_row_written_there(town: Town) -> None:
    from alliance.models import Institution

    before = fingerprint(town.world.jiangzhou, ["alliance_institution"])
    with undone():
        with act_in(town.world.jiangzhou):
            changed = Institution.objects.first()
            changed.short_name += "改"
            changed.save()
        assert "alliance_institution" in written_tables()
        assert fingerprint(town.world.jiangzhou, ["alliance_institution"]) != before
    assert fingerprint(town.world.jiangzhou, ["alliance_institution"]) == before


def test_n1_the_address_of_the_other_alliance_itself_answers_as_if_it_were_not_there(town: Town) -> None:
    for path in ("/a/jiangzhou/", "/a/jiangzhou/jobs/", "/a/nowhere/jobs/"):
        answers = {plain(town.ask("su", path, method), path) for method in ("GET", "POST")}
        assert {answer[:3] for answer in answers} == {"404"}
    assert plain(town.ask("su", "/a/jiangzhou/"), "/a/jiangzhou/") == plain(
        town.ask("su", "/a/nowhere/"), "/a/nowhere/"
    )


def test_n2_a_denial_is_journaled(town: Town) -> None:
    from alliance.models import Journal

    path = town.path("referral", {"pk": town.sibling.referral.pk})
    with undone():
        assert town.browsers["lin"].get(path).status_code == 404
        with act_in(town.world.qinghe):
            entry = Journal.objects.get(verb="request.denied")
            assert (entry.user.username, entry.result) == ("lin", "denied")
            assert entry.detail == {
                "status": 404, "method": "GET", "address": f"/referrals/{town.sibling.referral.pk}/",
                "object": "referral",
            }  # fmt: skip
