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
        parameters.load_register()
        calendar.seed(since=calendar_since)
        chains.install()
    return alliance
