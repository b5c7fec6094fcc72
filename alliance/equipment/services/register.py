"""Entering devices and their items by program; people do it in data maintenance or by sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from alliance.equipment.models import Device, ExamItem
from alliance.models import Membership
from alliance.services import journal


@transaction.atomic
def enter_device(
    *, by: Membership, columns: Mapping[str, Any], items: Sequence[Mapping[str, Any]] = ()
) -> Device:
    """Store a device with its examination items; columns are those of the register, amounts in fen.

    Raises ValidationError when the register would refuse it.
    """
    made = Device(**columns)
    made.full_clean(exclude=["alliance"])
    made.save(force_insert=True)
    for item in items:
        ExamItem.objects.create(device=made, **item)
    journal.write(by=by, verb="device.added", about=made, items=len(items))
    return made
