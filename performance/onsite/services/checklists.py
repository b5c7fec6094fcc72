"""Checklists: begun from a shipped one or from the last version, edited, published, retired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from alliance.lib.canonical import to_plain
from alliance.models import Institution, Membership
from alliance.services import journal, steps
from performance.engine import checklist as engine
from performance.engine.checklist import Checklist, Item, Section
from performance.models import OnsiteChecklist
from performance.models.onsite import PLAN
from performance.onsite.refusals import OnsiteRefused
from performance.services.rights import require

State = OnsiteChecklist.State
Kind = Institution.Kind
# Institutions a shipped checklist is made for.
MADE_FOR: Mapping[str, tuple[str, ...]] = {
    "township": (Kind.TOWNSHIP, Kind.COMMUNITY), "village": (Kind.VILLAGE,),
}  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """What stands at the head of a checklist."""

    name: str
    kinds: list[str]
    from_date: date
    absent: Any
    critical_cap: Any
    chart: int
    room: int
    resident: int


@transaction.atomic
def begin(*, by: Membership, code: str, from_date: date, now: datetime) -> OnsiteChecklist:
    """The next draft of a checklist: a copy of its last version, of the shipped one, or an empty table.

    Raises PermissionDenied, OnsiteRefused (draft).
    """
    require(by, PLAN)
    last = OnsiteChecklist.objects.filter(code=code).order_by("-number").first()
    shipped = engine.shipped().get(code)
    body = last.body if last else to_plain(shipped or Checklist(code, ()))
    kinds = last.kinds if last else list(MADE_FOR.get(code, (Kind.TOWNSHIP,)))
    name = last.name if last else (shipped.name if shipped else code)
    number = (OnsiteChecklist.objects.filter(code=code).aggregate(last=Max("number"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            made: OnsiteChecklist = OnsiteChecklist.objects.create(
                code=code, number=number, name=name, kinds=kinds, from_date=from_date, body=body,
                made_by=by, made_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise OnsiteRefused("draft") from None
    journal.write(by=by, verb="onsite.checklist_begun", about=made)
    return made


@transaction.atomic
def set_terms(*, by: Membership, row: OnsiteChecklist, terms: Terms, version: int | None) -> OnsiteChecklist:
    """Name, kinds, day, samples, what does not apply. Raises PermissionDenied, OnsiteRefused, Stale."""
    table = replace(
        row.checklist, name=terms.name, absent=terms.absent, critical_cap=terms.critical_cap,
        chart=terms.chart, room=terms.room, resident=terms.resident,
    )  # fmt: skip
    head = {"name": terms.name, "kinds": terms.kinds, "from_date": terms.from_date}
    return _change(by, row, table, version, "onsite.checklist_changed", **head)


@transaction.atomic
def put_item(
    *, by: Membership, row: OnsiteChecklist, before: str, section: Section, item: Item, version: int | None
) -> OnsiteChecklist:
    """Add an item to a section (a new one is put last), or put it in the place of the one named `before`.

    Raises PermissionDenied, OnsiteRefused (frozen, item_code), Stale.
    """
    others = {code for code in row.checklist.items if code != before}
    if item.code in others:
        raise OnsiteRefused("item_code", code=item.code)

    def edited(one: Section) -> Section:
        kept = tuple(item if old.code == before else old for old in one.items)
        if one.code != section.code:
            return replace(one, items=tuple(old for old in one.items if old.code != before))
        stays = any(old.code == before for old in one.items)
        return replace(one, title=section.title or one.title, items=kept if stays else (*kept, item))

    sections = tuple(edited(one) for one in row.checklist.sections)
    if section.code not in {one.code for one in sections}:
        sections = (*sections, Section(section.code, section.title, (item,)))
    table = replace(row.checklist, sections=tuple(one for one in sections if one.items))
    return _change(by, row, table, version, "onsite.checklist_changed", item=item.code)


@transaction.atomic
def put_all(
    *, by: Membership, row: OnsiteChecklist, sections: tuple[Section, ...], version: int | None
) -> OnsiteChecklist:
    """All items of a draft in place of those that stood there, as a sheet brings them.

    Raises PermissionDenied, OnsiteRefused (frozen), Stale.
    """
    table = replace(row.checklist, sections=sections)
    return _change(by, row, table, version, "onsite.checklist_imported")


@transaction.atomic
def drop_item(*, by: Membership, row: OnsiteChecklist, code: str, version: int | None) -> OnsiteChecklist:
    """Take an item out of a draft. Raises PermissionDenied, OnsiteRefused (frozen), Stale."""
    kept = tuple(
        replace(one, items=tuple(item for item in one.items if item.code != code))
        for one in row.checklist.sections
    )
    table = replace(row.checklist, sections=tuple(one for one in kept if one.items))
    return _change(by, row, table, version, "onsite.checklist_changed", item=code)


def _change(
    by: Membership, row: OnsiteChecklist, table: Checklist, version: int | None, verb: str, **said: Any
) -> OnsiteChecklist:
    require(by, PLAN)
    if row.state != State.DRAFT:
        raise OnsiteRefused("frozen")
    steps.fresh(row, version)
    head = {name: said[name] for name in ("name", "kinds", "from_date") if name in said}
    moved: OnsiteChecklist = OnsiteChecklist.objects.claim(
        row.pk, expect={"version": row.version, "state": State.DRAFT},
        change={"body": to_plain(table), "version": row.version + 1, **head},
    )  # fmt: skip
    journal.write(by=by, verb=verb, about=moved, **({"item": said["item"]} if "item" in said else {}))
    return moved


@transaction.atomic
def publish(*, by: Membership, row: OnsiteChecklist, now: datetime, version: int | None) -> OnsiteChecklist:
    """Let visits be planned with it; the version before is retired.

    Raises PermissionDenied, ChecklistRefused (the first thing that is wrong), Stale.
    """
    require(by, PLAN)
    for problem in engine.problems(row.checklist):
        raise problem
    before = OnsiteChecklist.objects.filter(code=row.code, state=State.PUBLISHED).first()
    if before is not None:
        retire(by=by, row=before, version=None)
    return _step(
        "publish", by, row, version, verb="onsite.checklist_published",
        published_by=by, published_at=now,
    )  # fmt: skip


@transaction.atomic
def retire(*, by: Membership, row: OnsiteChecklist, version: int | None) -> OnsiteChecklist:
    """Plan no further visit with it. Raises PermissionDenied, Stale."""
    require(by, PLAN)
    return _step("retire", by, row, version, verb="onsite.checklist_retired")


def _step(name: str, by: Membership, row: Any, version: int | None, **more: Any) -> Any:
    return steps.take(steps.open_now(name, row, version), by=by, row=row, **more)
