"""Declared values of Qinghe: October's contracts, the third quarter's checks, with their files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services.files import Upload
from performance.declared import services
from performance.declared.services import Entry, Place
from performance.engine.scheme import demonstration_scheme
from performance.engine.spans import Span
from performance.models import DeclaredValue, DeclaredVeto, SchemeVersion
from performance.services import schemes
from tests.world import World, member

OCTOBER = Span(Month(2026, 10))
QUARTER = Span(Month(2026, 7), "quarter")
NOW = datetime(2026, 11, 6, 2, tzinfo=UTC)
PDF = b"%PDF-1.4 signed sheet"


def entry(place: Any, fact: str, value: object, span: Span = OCTOBER, **more: Any) -> Entry:
    """One number of an institution."""
    given = {"responsible": "林静", "note": "公卫系统 10 月报表", **more}
    return Entry(Place(place), fact, span, Decimal(str(value)), **given)


def upload(name: str = "报表.pdf") -> Upload:
    """A scan."""
    return Upload(name, [PDF], "application/pdf", 99_999)


def entered(
    world: World, *entries: Entry, by: str = "lin", proof: bool = False, now: datetime = NOW
) -> list[DeclaredValue]:
    """Stored, with a file if asked."""
    who = world.people[by]
    made = services.enter(by=who, entries=entries, now=now)
    if proof:
        made = [services.prove(by=who, value=row, uploads=[upload()], now=now) for row in made]
    return made


def confirmed(
    world: World, *entries: Entry, by: str = "lin", second: str = "luo", now: datetime = NOW
) -> list[DeclaredValue]:
    """Entered and submitted by one, confirmed by another."""
    who: Membership = world.people[by]
    rows = services.submit_all(by=who, rows=entered(world, *entries, by=by, now=now), now=now)
    return services.confirm_all(by=world.people[second], rows=rows, now=now)


def committee(world: World) -> str:
    """A chain in which two seats of the management committee decide; gives its code."""
    for name, shown in (("xu", "徐明"), ("fu", "傅宁")):
        if name not in world.people:
            world.people[name] = member(name, shown, None, "management_committee")
    step = {"name": "管委会", "roles": ["management_committee"], "rule": "n_of_m", "n": 2}
    chains.add(
        by=None, code="committee", name="管委会表决", steps=[step], from_date=date(2020, 1, 1),
        decided_by="章程",
    )  # fmt: skip
    return "committee"


def both_seats(world: World, veto: DeclaredVeto, verdict: str) -> None:
    """Both seats say so; the first no of two ends it."""
    note = "" if verdict == "yes" else "证据不足"
    for name in ("xu", "fu"):
        approval = DeclaredVeto.objects.get(pk=veto.pk).approval
        if approval.state == "open":
            approvals.decide(by=world.people[name], approval=approval, verdict=verdict, note=note)


def scheme_with(world: World, indicator: str, instead_of: str = "cmi") -> SchemeVersion:
    """The demonstration scheme with another indicator in the place of one of its own."""
    scheme = demonstration_scheme()
    columns = tuple(
        replace(
            column,
            items=tuple(
                replace(item, indicator=indicator) if item.indicator == instead_of else item
                for item in column.items
            ),
        )
        for column in scheme.columns
    )
    changed = replace(scheme, version="2026-9", effective_from=date(2026, 2, 1), columns=columns)
    return schemes.adopt(by=world.luo, scheme=changed)
