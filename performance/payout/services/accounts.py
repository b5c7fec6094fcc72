"""Bank accounts of persons: sealed, changed by two people, the owner told (practice.md 7, walls.md 5)."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from alliance.lib import secrets
from alliance.models import Membership, Staff
from alliance.services import journal
from performance.models import PayoutAccount, PayoutTemplate
from performance.models.payout import CHECK, RUN
from performance.payout.refusals import AccountRefused
from performance.payout.services import returned
from performance.services.rights import require

PURPOSE = "payout.account"
SHORTEST, LONGEST = 8, 30


@dataclass(frozen=True, slots=True)
class Given:
    """An account as it was typed: code of the bank, branch, holder, number."""

    bank: str
    branch: str
    holder: str
    number: str


def columns(given: Given, code: str, *, known: Collection[str] | None = None) -> dict[str, str]:
    """The columns of an account: number, token of the alliance `code`, last four. `known`: the codes of banks
    with a template, read anew without it.

    Raises AccountRefused (number, holder, bank).
    """
    number = "".join(unicodedata.normalize("NFKC", given.number).replace("-", "").split())
    if not (number.isascii() and number.isdigit() and SHORTEST <= len(number) <= LONGEST):
        raise AccountRefused("number")
    if not given.holder.strip():
        raise AccountRefused("holder")
    if given.bank not in (banks() if known is None else known):
        raise AccountRefused("bank")
    return {
        "bank": given.bank, "branch": given.branch.strip(), "holder": given.holder.strip(), "number": number,
        "number_key": token(number, code), "tail": number[-4:],
    }  # fmt: skip


def banks() -> dict[str, PayoutTemplate]:
    """The confirmed template that counts of each bank, by its code."""
    rows = PayoutTemplate.objects.filter(kind=PayoutTemplate.Kind.BANK, confirmed_at__isnull=False)
    return {one.bank: one for one in rows.order_by("bank", "revision")}


def bank_name(code: str, known: Mapping[str, PayoutTemplate]) -> str:
    """What a bank is called, by its template among those `known`; its code where it has none."""
    return known[code].name if code in known else code.upper()


def token(number: str, code: str) -> str:
    """The keyed token of an account number in an alliance, for `=` search; "" for no number."""
    return secrets.blind_index(_key(settings.BLIND_KEY, code), number) if number else ""


@lru_cache(maxsize=256)
def _key(master: str, code: str) -> bytes:
    return secrets.blind_key(bytes.fromhex(master), code, PURPOSE)


def current(staff: Iterable[int] | None = None) -> dict[int, PayoutAccount]:
    """The confirmed account that counts of each person, of all or of some; one query, numbers stay sealed."""
    rows = PayoutAccount.objects.current().defer("number")
    if staff is not None:
        rows = rows.filter(staff__in=list(staff))
    return {row.staff_id: row for row in rows}


@transaction.atomic
def enter(*, by: Membership, staff: Staff, given: Given, why: str, now: datetime) -> PayoutAccount:
    """Enter a person's account or its change: by the office, or by the person; it waits for a second one.

    The account that counts is entered again only where a payment came back from it. Raises PermissionDenied,
    AccountRefused (number, holder, bank, why, taken, same, waiting).
    """
    if staff.user_id != by.user_id:
        require(by, RUN)
    found = columns(given, by.alliance.code)
    rows = PayoutAccount.objects.filter(staff=staff)
    if rows.filter(confirmed_at=None, declined_at=None).exists():
        raise AccountRefused("waiting")
    counts = current([staff.pk]).get(staff.pk)
    if counts is not None and not why.strip():
        raise AccountRefused("why")
    if counts is not None and says_same(counts, found) and counts.pk not in returned.said([staff.pk]):
        raise AccountRefused("same")
    others = current_keys(found["number_key"]) - {staff.pk}
    if others:
        raise AccountRefused("taken")
    last = rows.aggregate(last=Max("revision"))["last"] or 0
    try:
        with transaction.atomic():
            row: PayoutAccount = PayoutAccount.objects.create(
                staff=staff, revision=last + 1, why=why.strip(), entered_by=by, entered_at=now, **found
            )
    except IntegrityError as error:
        if "payoutaccount_once" not in str(error):
            raise
        raise AccountRefused("waiting") from None
    journal.write(by=by, verb="payout.account_entered", about=row, revision=row.revision)
    return row


def current_keys(number_key: str) -> set[int]:
    """The persons whose account that counts has this token."""
    rows = PayoutAccount.objects.filter(number_key=number_key, confirmed_at__isnull=False)
    latest = current(rows.values_list("staff", flat=True))
    return {staff for staff, row in latest.items() if row.number_key == number_key}


def says_same(row: PayoutAccount, found: Mapping[str, str]) -> bool:
    """Whether an account says what these columns say."""
    return _says(row) == _says_of(found)


def _says(row: PayoutAccount) -> tuple[str, ...]:
    return row.bank, row.branch, row.holder, row.number_key


def _says_of(found: Mapping[str, str]) -> tuple[str, ...]:
    return found["bank"], found["branch"], found["holder"], found["number_key"]


@transaction.atomic
def confirm(*, by: Membership, row: PayoutAccount, now: datetime) -> PayoutAccount:
    """The second person has compared it with the person's paper: it counts, and its owner is told.

    Raises PermissionDenied, AccountRefused (same_person, own, confirmed, declined).
    """
    return _decided(by, row, now, "confirmed", "payout.account_confirmed")


@transaction.atomic
def decline(*, by: Membership, row: PayoutAccount, why: str, now: datetime) -> PayoutAccount:
    """The second person does not stand by it and says why; the account so far goes on counting, and the
    owner is told. Raises as `confirm`, AccountRefused (declined_why).
    """
    return _decided(by, row, now, "declined", "payout.account_declined", declined_why=reason(why))


def reason(why: str) -> str:
    """Why an account is declined. Raises AccountRefused (declined_why)."""
    if not why.strip():
        raise AccountRefused("declined_why")
    return why.strip()


def _decided(
    by: Membership, row: PayoutAccount, now: datetime, how: str, verb: str, **more: str
) -> PayoutAccount:
    require(by, CHECK)
    if row.entered_by.user_id == by.user_id:
        raise AccountRefused("same_person")
    if row.staff.user_id == by.user_id:
        raise AccountRefused("own")
    for state in ("confirmed", "declined"):
        if getattr(row, f"{state}_at") is not None:
            raise AccountRefused(state)
    waiting = PayoutAccount.objects.filter(pk=row.pk, confirmed_at=None, declined_at=None)
    if not waiting.update(**{f"{how}_by": by, f"{how}_at": now}, **more):
        raise AccountRefused("confirmed")
    said = {"why": more["declined_why"]} if more else {}
    journal.write(by=by, verb=verb, about=row, revision=row.revision, **said)
    found: PayoutAccount = PayoutAccount.objects.get(pk=row.pk)
    return found


@transaction.atomic
def notice(*, by: Membership, row: PayoutAccount, now: datetime) -> None:
    """The owner has seen that it counts, or why it was declined. Raises PermissionDenied."""
    if row.staff.user_id != by.user_id:
        raise PermissionDenied(_("Only the owner of an account says so."))
    if PayoutAccount.objects.decided().filter(pk=row.pk, seen_at=None).update(seen_at=now):
        journal.write(by=by, verb="payout.account_seen", about=row)
