"""Print links to bills, open a bill by its link or by what the patient knows, keep the guide (S1-67)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from alliance.lib.secrets import hashed
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.services import calendar, journal, parameters
from complaints.bills import attempts
from complaints.bills.models import BillBatch, BillGuide, BillLink
from complaints.bills.refusals import BillRefused, NotOpened
from grouping import billed
from grouping.billed import BillFact, Discharge

PRINT, GUIDE = "bill.print", "bill.guide"
MOST = 400  # slips printed at once; a page of more would not open on the desk computers of a ward
ENTROPY = 24  # bytes of a link


@dataclass(frozen=True)
class Slip:
    """What is printed for one stay; `token` exists on paper only."""

    stay: Discharge
    token: str


@transaction.atomic
def print_day(
    *, by: Membership, institution: Institution, day: date, record_no: str = "", now: datetime
) -> tuple[BillBatch, list[Slip]]:
    """A link for every stay of a day, or for those of one record number; valid for `bill.link_days`.

    Raises PermissionDenied, BillRefused (nobody, too_many).
    """
    if not by.can(PRINT) or not by.sees(institution.pk):
        raise PermissionDenied
    stays = [one for one in billed.discharges(institution.pk, day) if record_no in ("", one.record_no)]
    if not stays:
        raise BillRefused("nobody")
    if len(stays) > MOST:
        raise BillRefused("too_many", most=MOST)
    days = parameters.in_force("bill.link_days", on=now.astimezone(SHANGHAI).date())
    ends = now + timedelta(days=int(str(days)))
    batch: BillBatch = BillBatch.objects.create(
        institution=institution, day=day, number=len(stays), printed_by=by, printed_at=now, expires_at=ends
    )
    slips = [Slip(one, secrets.token_urlsafe(ENTROPY)) for one in stays]
    BillLink.objects.bulk_create([
        BillLink(
            batch=batch, case_id=one.stay.case_id, sha256=hashed(one.token), made_at=now, expires_at=ends
        )
        for one in slips
    ])  # fmt: skip
    journal.write(by=by, verb="bill.printed", about=batch, count=len(slips), day=str(day))
    return batch, slips


@transaction.atomic
def revoke(*, by: Membership, batch: BillBatch, now: datetime) -> BillBatch:
    """Let no link of a batch open anything any more. Raises PermissionDenied, BillRefused (settled)."""
    if not by.can(PRINT) or not by.sees(batch.institution_id):
        raise PermissionDenied
    mine = BillBatch.objects.filter(pk=batch.pk, revoked_at=None)
    if not mine.update(revoked_at=now, revoked_by=by):
        raise BillRefused("settled")
    journal.write(by=by, verb="bill.revoked", about=batch)
    found: BillBatch = BillBatch.objects.get(pk=batch.pk)
    return found


def ask(
    *, institution: Institution, record_no: str, day: date, last_four: str, address: str, now: datetime
) -> str:
    """A link for minutes (`bill.look`) to who knows record number, day of discharge and the end of the ID
    number. Call outside a transaction that a refusal undoes: attempts are counted in the cache.

    Raises NotOpened, the same for an unknown record and a wrong part.
    """
    if not attempts.spend(address, institution.pk, record_no, now):
        raise NotOpened(wait=True)
    found = billed.find(institution.pk, record_no, day, last_four)
    if found is None:
        raise NotOpened
    attempts.forgive(address, institution.pk, record_no)
    token = secrets.token_urlsafe(ENTROPY)
    rule = parameters.rule_in_force("bill.look", on=now.astimezone(SHANGHAI).date())
    ends = calendar.deadline(now, rule).due_at
    BillLink.objects.create(case_id=found, sha256=hashed(token), made_at=now, expires_at=ends)
    return token


def opened(*, token: str, request: Any, now: datetime, read: bool = True) -> tuple[BillLink, BillFact]:
    """The bill a link opens; a reading is journaled with no member before the answer leaves.

    Raises NotOpened for a link that is unknown, over or revoked, and for a stay that is void.
    """
    living = BillLink.objects.select_related("case__institution", "batch").filter(expires_at__gt=now)
    link = living.filter(sha256=hashed(token)).first()
    if link is None or (link.batch is not None and link.batch.revoked_at is not None):
        raise NotOpened
    fact = billed.bill(link.case_id)
    if fact is None:
        raise NotOpened
    if read:
        way = "printed" if link.batch_id else "asked"
        journal.read(by=None, about=link.case, request=request, page="bill", way=way)
    return link, fact


@transaction.atomic
def enter_guide(
    *, by: Membership, from_date: date, decided_by: str, scope: str, own: str, rows: Sequence[dict[str, Any]]
) -> BillGuide:
    """Enter what holds from a day on; nobody reads it before a second person confirmed it."""
    if not by.can(GUIDE):
        raise PermissionDenied
    row: BillGuide = BillGuide.objects.create(
        from_date=from_date, decided_by=decided_by, scope=scope, own=own, rows=list(rows), entered_by=by
    )
    journal.write(by=by, verb="bill_guide.entered", about=row, from_date=str(from_date))
    return row


@transaction.atomic
def confirm_guide(*, by: Membership, guide: BillGuide, now: datetime) -> BillGuide:
    """Confirm what somebody else entered. Raises PermissionDenied, BillRefused (second, settled)."""
    if not by.can(GUIDE):
        raise PermissionDenied
    if guide.entered_by.user_id == by.user_id:
        raise BillRefused("second")
    if not BillGuide.objects.filter(pk=guide.pk, confirmed_at=None).update(confirmed_by=by, confirmed_at=now):
        raise BillRefused("settled")
    journal.write(by=by, verb="bill_guide.confirmed", about=guide)
    found: BillGuide = BillGuide.objects.get(pk=guide.pk)
    return found


def guide_on(day: date) -> BillGuide | None:
    """The guide that holds on a day, or None."""
    rows = BillGuide.objects.filter(from_date__lte=day, confirmed_at__isnull=False)
    found: BillGuide | None = rows.order_by("-from_date", "-pk").first()
    return found
