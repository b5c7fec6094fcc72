"""Founding an alliance: the tenant with everything it cannot work without."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from alliance.approvals import chains
from alliance.models import Alliance
from alliance.services import calendar, parameters
from alliance.tenancy.scope import act_in


@transaction.atomic
def found(*, code: str, name: str, kind: str, calendar_since: int, **settings: Any) -> Alliance:
    """Make an alliance with its parameters, calendar and chains of approval; idempotent by `code`."""
    alliance, _made = Alliance.objects.get_or_create(
        code=code, defaults={"name": name, "kind": kind, **settings}
    )
    with act_in(alliance):
        calendar.seed(since=calendar_since)
        _complete()
    return alliance


@transaction.atomic
def complete_all() -> None:
    """Give every alliance the parameters and chains it lacks, each with its default; nothing is changed."""
    for alliance in Alliance.objects.order_by("pk"):
        with act_in(alliance):
            _complete()


def _complete() -> None:
    parameters.load_register()
    chains.install()
