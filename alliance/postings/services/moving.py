"""One step of a posting or a visit: right side, right role, nobody faster, kept in the history."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.models.base import Stale
from alliance.postings.models import Sided
from alliance.services import journal


def move(
    name: str, *, by: Membership, row: Any, version: int | None = None, note: str = "", **change: Any
) -> Any:
    """The row after a step, claimed by a conditional update: of two who try at once, one gets Stale (N33).

    Call in a transaction. Raises PermissionDenied (wrong side or role), Stale (somebody was faster).
    """
    step = allowed(name, by, row)
    if version is not None and version != row.version:
        raise Stale(row)
    moved = type(row).objects.claim(
        row.pk,
        expect={"state": row.state, "version": row.version},
        change={"state": step.target, "version": F("version") + 1, **change},
    )
    kind = row._meta.model_name
    journal.write(by=by, verb=f"{kind}.{name}", about=moved)
    journal.step(by=by, about=moved, name=name, before=row.state, after=moved.state, note=note)
    return moved


def allowed(name: str, by: Membership, row: Any) -> Any:
    """The step from the present state. Raises PermissionDenied, or Stale when the state has moved on."""
    declared = {step.name: step for step in row.get_all_state_transitions()}[name]
    require(by, row, declared.custom["sides"], declared.custom["permit"])
    open_now = {step.name: step for step in row.get_available_state_transitions()}
    if name not in open_now:
        raise Stale(row)
    return open_now[name]


def require(by: Membership, row: Sided, sides: list[str], permit: str) -> None:
    """Raise PermissionDenied unless the member stands on one of the sides and has the right."""
    if row.side_of(by) not in sides or not by.can(permit):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
