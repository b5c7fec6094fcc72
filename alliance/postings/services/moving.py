"""One step of a posting or a visit."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.postings.models import Sided
from alliance.services import steps


def move(
    name: str, *, by: Membership, row: Any, version: int | None = None, note: str = "", **change: Any
) -> Any:
    """The row after a step. Raises PermissionDenied (wrong side or role), Stale (somebody was faster)."""
    step = steps.admitted(name, by=by, row=row, version=version)
    return steps.take(step, by=by, row=row, verb=f"{row._meta.model_name}.{name}", remark=note, **change)


def require(by: Membership, row: Sided, sides: list[str], permit: str) -> None:
    """Raise PermissionDenied unless the member stands on one of the sides and has the right."""
    if row.side_of(by) not in sides or not by.can(permit):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
