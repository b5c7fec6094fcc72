"""How a step of a machine is taken: by its own side, from the present state, once, kept in the history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal

NOTE_LENGTH = 500


def admitted(name: str, *, by: Membership, row: Any, version: int | None = None) -> Any:
    """The step of that name from the present state.

    Raises PermissionDenied (another side or role), Stale (the state has moved on, or the row is newer than
    the `version` that was read).
    """
    require(name, by=by, row=row)
    return open_now(name, row, version)


def require(name: str, *, by: Membership, row: Any) -> None:
    """Raise PermissionDenied unless the member stands on a side of the step and has its right."""
    declared = next(one for one in row.get_all_state_transitions() if one.name == name)
    if not row.admits(by, declared.custom):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))


def open_now(name: str, row: Any, version: int | None = None) -> Any:
    """The step of that name from the present state, whoever takes it. Raises Stale."""
    fresh(row, version)
    found = from_here(name, row)
    if found is None:
        raise Stale(row)
    return found


def from_here(name: str, row: Any) -> Any:
    """The same; None where it leads nowhere."""
    return next((one for one in row.get_available_state_transitions() if one.name == name), None)


def fresh(row: Any, version: int | None) -> None:
    """Raise Stale when the row is no longer the version that was read; None names no version."""
    if version is not None and version != row.version:
        raise Stale(row)


def take(
    step: Any,
    *,
    by: Membership | None,
    row: Any,
    verb: str,
    now: datetime | None = None,
    remark: str = "",
    said: dict[str, Any] | None = None,
    **change: Any,
) -> Any:
    """The row after a step, claimed by a conditional update: of two who try at once, one gets Stale (N33).

    Call in a transaction. `verb` and `said` go into the journal, `remark` into the history of steps, `change`
    into further columns, `now` into the column the step stamps. A clock has no member.
    """
    stamps = (step.custom or {}).get("stamps", "")
    stamped = {stamps: now} if stamps else {}
    moved = type(row).objects.claim(
        row.pk,
        expect={"state": row.state, "version": row.version},
        change={"state": step.target, "version": F("version") + 1, **stamped, **change},
    )
    journal.write(by=by, verb=verb, about=moved, **(said or {}))
    journal.step(
        by=by, about=moved, name=step.name, before=row.state, after=moved.state,
        note=remark.strip()[:NOTE_LENGTH],
    )  # fmt: skip
    return moved
