"""Chains of an alliance: the ready ones of the data file, and the version in force on a day."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from alliance.approvals import errors
from alliance.approvals.models import Approval, Chain
from alliance.approvals.steps import StepInvalid, parse_steps
from alliance.models import Membership
from alliance.roles import roles
from alliance.services import journal

FILE = Path(__file__).parent.parent / "data" / "chains.toml"
TWO_PEOPLE = "two_people"  # the ready chain 双人审批
COUNTY = "county"  # the ready chain 县域医共体


@lru_cache(maxsize=1)
def ready_chains() -> list[dict[str, Any]]:
    """The chains every alliance begins with, as the data file lists them."""
    entries: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["chain"]
    return entries


@transaction.atomic
def install(*, by: Membership | None = None) -> int:
    """Give the alliance in scope the ready chains it lacks; returns how many were added. Idempotent."""
    known = set(Chain.objects.values_list("code", flat=True))
    missing = [entry for entry in ready_chains() if entry["code"] not in known]
    for entry in missing:
        add(by=by, code=entry["code"], name=entry["name"], steps=entry["step"], from_date=entry["from"],
            decided_by=entry["decided_by"], object_kind=entry.get("kind", ""))  # fmt: skip
    return len(missing)


@transaction.atomic
def add(
    *,
    by: Membership | None,
    code: str,
    name: str,
    steps: Any,
    from_date: date,
    decided_by: str,
    object_kind: str = "",
    approval: Approval | None = None,
) -> Chain:
    """Add a chain, or a new version of one, in force from a day. Raises ChainInvalid.

    `approval`: what decided it; the database wants one for a kind's own chain and a ready one's next version.
    """
    check(code, steps)
    chain = Chain.objects.create(
        code=code,
        name=name,
        steps=list(steps),
        from_date=from_date,
        decided_by=decided_by,
        object_kind=object_kind,
        approval=approval,
    )
    journal.write(by=by, verb="approval.chain_added", about=chain, code=code, from_date=from_date.isoformat())
    return chain


def check(code: str, steps: Any) -> None:
    """Raise ChainInvalid where the steps break the format or name a role that does not exist."""
    try:
        parsed = parse_steps(steps)
    except StepInvalid as error:
        raise errors.ChainInvalid(chain=code, step=error.step, field=error.field) from error
    for number, step in enumerate(parsed, start=1):
        if set(step.roles) - set(roles()):
            raise errors.ChainInvalid(chain=code, step=number, field="roles")


def in_force(code: str, *, on: date, kind: str = "") -> Chain:
    """The version of a chain in force on a day; with `kind`, one that may decide objects of that kind: the
    kind's own where the alliance has decided one, whatever `code` asks for.

    Raises ChainUnknown.
    """
    if (decided := own(kind, on=on)) is not None:
        return decided
    versions = meant_for(kind).filter(code=code, from_date__lte=on)
    found = versions.order_by("-from_date").first()
    if found is None:
        raise errors.ChainUnknown(chain=code, day=on)
    return found


def own(kind: str, *, on: date) -> Chain | None:
    """The chain the alliance has decided for objects of a kind, in force on a day: its code is the kind."""
    if not kind:
        return None
    versions = Chain.objects.filter(code=kind, object_kind=kind, from_date__lte=on)
    found: Chain | None = versions.order_by("-from_date").first()
    return found


def meant_for(kind: str) -> QuerySet[Chain]:
    """Versions of chains that may decide objects of a kind: those of any kind, and its own.

    A ready chain made for another kind is none of them, whenever it was installed.
    """
    others = [entry["code"] for entry in ready_chains() if entry.get("kind", kind) != kind]
    found: QuerySet[Chain] = Chain.objects.filter(object_kind__in=["", kind]).exclude(code__in=others)
    return found
