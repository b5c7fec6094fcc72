"""What lots stand on, by two people: paying legal entities, bank templates, the account map of vouchers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max

from alliance.lib.canonical import to_plain
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal
from performance.engine.payout.layouts import Layout, checked
from performance.engine.restore import restore
from performance.models import PayoutEntity, PayoutMap, PayoutTemplate
from performance.models.payout import CHECK, RUN
from performance.payout.refusals import AccountRefused
from performance.payout.services import accounts
from performance.payout.services.accounts import Given
from performance.services.rights import require

DATA = Path(__file__).parents[2] / "data" / "payout"
CREDIT_CODE = 18
FLOWS = ("paid", "returned", "between_pay", "between_receive")


@cache
def shipped_templates() -> list[dict[str, Any]]:
    """The bank templates that ship with the product."""
    found: list[dict[str, Any]] = tomllib.loads((DATA / "templates.toml").read_text("utf-8"))["template"]
    return found


@cache
def shipped_map() -> dict[str, Any]:
    """The account map that ships with the product."""
    return tomllib.loads((DATA / "accounts.toml").read_text("utf-8"))


def layout_of(row: PayoutTemplate) -> Layout:
    """The layout of a template as the engine takes it."""
    return restore(Layout, row.body)


def shipped_layout(given: Mapping[str, Any]) -> Layout:
    """The layout of a shipped template."""
    names = ("file", "columns", "encoding", "answer", "paid", "returned")
    return restore(Layout, {name: given[name] for name in names if name in given})


@transaction.atomic
def enter_template(
    *, by: Membership, kind: str, bank: str, name: str, layout: Layout, now: datetime
) -> PayoutTemplate:
    """Enter a revision of a bank's template, or of the sheet for the payroll system.

    Raises PermissionDenied, AccountRefused (name), LayoutRefused.
    """
    require(by, RUN)
    if not name.strip():
        raise AccountRefused("name")
    checked(layout, bank=kind == PayoutTemplate.Kind.BANK)
    last = PayoutTemplate.objects.filter(kind=kind, bank=bank).aggregate(last=Max("revision"))["last"] or 0
    row: PayoutTemplate = PayoutTemplate.objects.create(
        kind=kind, bank=bank, name=name.strip(), revision=last + 1, body=to_plain(layout), entered_by=by,
        entered_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="payout.template_entered", about=row, name=row.name)
    return row


@transaction.atomic
def adopt(*, by: Membership, now: datetime) -> list[PayoutTemplate]:
    """Enter the shipped templates of which the alliance has none yet; each waits for a second person."""
    require(by, RUN)
    known = set(PayoutTemplate.objects.values_list("kind", "bank"))
    return [
        enter_template(
            by=by, kind=one["kind"], bank=one["bank"], name=one["name"], layout=shipped_layout(one), now=now
        )
        for one in shipped_templates() if (one["kind"], one["bank"]) not in known
    ]  # fmt: skip


@transaction.atomic
def enter_entity(
    *, by: Membership, institution: Institution, credit_code: str, from_month: Month, given: Given,
    now: datetime,
) -> PayoutEntity:  # fmt: skip
    """Enter which legal entity pays for an institution from a month on, out of which account.

    Raises PermissionDenied, AccountRefused (village, credit_code, number, holder, bank).
    """
    require(by, RUN)
    if institution.kind == Institution.Kind.VILLAGE:
        raise AccountRefused("village", institution=institution.short_name)
    code = credit_code.strip().upper()
    if len(code) != CREDIT_CODE or not code.isalnum() or not code.isascii():
        raise AccountRefused("credit_code")
    first, found = from_month.first_day, accounts.columns(given, by.alliance.code)
    rows = PayoutEntity.objects.filter(institution=institution, from_date=first)
    row: PayoutEntity = PayoutEntity.objects.create(
        institution=institution, from_date=first, credit_code=code, entered_by=by, entered_at=now,
        revision=(rows.aggregate(last=Max("revision"))["last"] or 0) + 1, **found,
    )  # fmt: skip
    journal.write(by=by, verb="payout.entity_entered", about=row)
    return row


def entities(month: Month) -> dict[int, PayoutEntity]:
    """The confirmed legal entity that pays for each institution in a month; one query."""
    rows = PayoutEntity.objects.filter(from_date__lte=month.first_day, confirmed_at__isnull=False)
    ordered = rows.defer("number").order_by("institution_id", "from_date", "revision")
    return {row.institution_id: row for row in ordered}


@transaction.atomic
def enter_map(*, by: Membership, from_month: Month, body: Mapping[str, Any], now: datetime) -> PayoutMap:
    """Enter which subjects vouchers name from a month on. Raises PermissionDenied, AccountRefused (map)."""
    require(by, RUN)
    whole = {
        flow: {side: [str(part).strip() for part in body.get(flow, {}).get(side, ())] for side in SIDES}
        for flow in FLOWS
    }
    if any(len(pair) != 2 or not all(pair) for sides in whole.values() for pair in sides.values()):
        raise AccountRefused("map")
    first = from_month.first_day
    last = PayoutMap.objects.filter(from_date=first).aggregate(last=Max("revision"))["last"] or 0
    row: PayoutMap = PayoutMap.objects.create(
        from_date=first, revision=last + 1, body=whole, entered_by=by, entered_at=now
    )
    journal.write(by=by, verb="payout.map_entered", about=row, month=str(from_month))
    return row


SIDES = ("debit", "credit")


def map_in_force(on: date) -> PayoutMap | None:
    """The account map that holds on a day."""
    rows = PayoutMap.objects.filter(from_date__lte=on, confirmed_at__isnull=False)
    found: PayoutMap | None = rows.order_by("-from_date", "-revision").first()
    return found


def payroll_template() -> PayoutTemplate | None:
    """The sheet for the payroll system that counts."""
    rows = PayoutTemplate.objects.filter(kind=PayoutTemplate.Kind.PAYROLL, confirmed_at__isnull=False)
    found: PayoutTemplate | None = rows.order_by("-revision").first()
    return found


@transaction.atomic
def confirm(*, by: Membership, row: PayoutEntity | PayoutTemplate | PayoutMap, now: datetime) -> Any:
    """A second person stands by it: it counts. Raises PermissionDenied, AccountRefused (same_person,
    confirmed).
    """
    require(by, CHECK)
    if row.entered_by.user_id == by.user_id:
        raise AccountRefused("same_person")
    waiting = type(row).objects.filter(pk=row.pk, confirmed_by=None)
    if not waiting.update(confirmed_by=by, confirmed_at=now):
        raise AccountRefused("confirmed")
    journal.write(by=by, verb="payout.confirmed", about=row)
    return type(row).objects.get(pk=row.pk)
