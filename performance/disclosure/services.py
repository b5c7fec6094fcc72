"""The public page of an alliance: switched on, filled and released by two people each time."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import override

from alliance.lib.canonical import to_plain
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from performance.disclosure import filling, kept
from performance.disclosure.refusals import DisclosureRefused
from performance.life import facts as lives
from performance.models import Disclosure, DisclosureSwitch
from performance.models.disclosure import LANGUAGES
from performance.models.papers import LEAD, SECOND
from performance.services.rights import require


@transaction.atomic
def switch(*, by: Membership, on: bool, reason: str, now: datetime) -> DisclosureSwitch:
    """Ask for the page to answer, or to fall silent; a second person confirms.

    Raises PermissionDenied, DisclosureRefused (reason).
    """
    require(by, LEAD)
    if not reason.strip():
        raise DisclosureRefused("reason")
    row: DisclosureSwitch = DisclosureSwitch.objects.create(
        on=on, reason=reason.strip(), entered_by=by, entered_at=now
    )
    journal.write(by=by, verb="disclosure.switch_entered", about=row, on=on)
    return row


@transaction.atomic
def enter(*, by: Membership, month: Month, now: datetime) -> Disclosure:
    """Fill the figures of a month that is published inside the alliance; frozen until a later revision.

    Raises PermissionDenied, DisclosureRefused (not_released).
    """
    require(by, LEAD)
    life = lives.life(month)
    if life is None or life.published_at is None:
        raise DisclosureRefused("not_released", month=month)
    figures: dict[str, Any] = {}
    for language in LANGUAGES:
        with override(language):
            figures[language] = to_plain(filling.fill(month, life.run))
    last = Disclosure.objects.filter(month=month.first_day).aggregate(last=Max("revision"))["last"]
    row: Disclosure = Disclosure.objects.create(
        month=month.first_day, revision=(last or 0) + 1, figures=figures, run=life.run, entered_by=by,
        entered_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="disclosure.entered", about=row, month=str(month))
    return row


@transaction.atomic
def confirm(*, by: Membership, row: Any, now: datetime) -> Any:
    """The second person of a switch or a month. Raises PermissionDenied, DisclosureRefused."""
    require(by, SECOND)
    if row.entered_by.user_id == by.user_id:
        raise DisclosureRefused("same_person")
    waiting = type(row).objects.filter(pk=row.pk, confirmed_by=None)
    if not waiting.update(confirmed_by=by, confirmed_at=now):
        raise DisclosureRefused("confirmed")
    journal.write(by=by, verb="disclosure.confirmed", about=row)
    transaction.on_commit(partial(kept.forget, by.alliance))
    return type(row).objects.get(pk=row.pk)


def switched_on() -> bool:
    """Whether the public page of the alliance in scope answers."""
    row = DisclosureSwitch.objects.filter(confirmed_at__isnull=False).order_by("-pk").first()
    return row is not None and row.on


def released() -> list[Disclosure]:
    """The months the public may read, newest first, each in its latest confirmed revision."""
    rows = Disclosure.objects.filter(confirmed_at__isnull=False).order_by("-month", "-revision")
    found: dict[Any, Disclosure] = {}
    for row in rows:
        found.setdefault(row.month, row)
    return list(found.values())
