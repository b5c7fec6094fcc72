"""Signing: the person reads the text, ticks every clause, and signs with the own password (S1-62)."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.lib.canonical import digest
from alliance.models import Membership
from alliance.services import journal
from alliance.tenancy.scope import act_as
from performance.duty.models import SIGN, LetterVersion, Signature
from performance.duty.refusals import DutyRefused
from performance.duty.services import rounds, versions
from performance.duty.services.versions import Text, content

Check = Callable[[Any, str], bool]


def by_password(user: Any, password: str) -> bool:
    """Whether it is the password of the person's sign-in."""
    found: bool = user.check_password(password)
    return found


def sign(
    *, by: Membership, seen: str, read: Iterable[str], password: str, now: datetime,
    confirms: Check = by_password,
) -> Signature:  # fmt: skip
    """Sign the letter in force for oneself. `seen`: digest of the text that was read; `read`: codes ticked.

    A page gives `confirms` the door of sign-in, where wrong guesses count: what it writes stays when the
    password is refused. Raises PermissionDenied, DutyRefused (none, not_asked, changed, read, password,
    signed).
    """
    version = _open(by, seen, read, now)
    if not confirms(by.user, password):
        raise DutyRefused("password")
    return keep(by=by, version=version, now=now)


def _open(by: Membership, seen: str, read: Iterable[str], now: datetime) -> LetterVersion:
    if not by.can(SIGN) or by.institution_id is None:
        raise PermissionDenied(_("Your role does not include this step."))
    version = versions.in_force(timezone.localdate(now))
    if version is None:
        raise DutyRefused("none")
    if not asks(version, by):
        raise DutyRefused("not_asked")
    if seen != version.digest:
        raise DutyRefused("changed")
    if not {one["code"] for one in version.clauses} <= set(read):
        raise DutyRefused("read")
    return version


def asks(version: LetterVersion, member: Membership) -> bool:
    """Whether a version is for the member's roles and kind of institution."""
    place = member.institution
    return place is not None and place.kind in version.kinds and bool(set(version.roles) & set(member.roles))


@transaction.atomic
def keep(*, by: Membership, version: LetterVersion, now: datetime) -> Signature:
    """Keep the signature of a person who was confirmed, as the person stands today.

    It holds from today; inside the days before the end of one that holds it follows that one. Raises
    DutyRefused (signed).
    """
    today = timezone.localdate(now)
    # Two windows of one person wait for each other; the database refuses the second by its days anyway.
    Membership.objects.select_for_update(of=("self",)).get(pk=by.pk)
    last = _last(by, version)
    if (stands := standing(by, version, today)) is not None:
        raise DutyRefused("signed", until=stands.valid_to)
    first = last.valid_to + timedelta(days=1) if last is not None and last.valid_to >= today else today
    assert by.institution is not None
    with act_as(by.user):  # the database takes a signature from the person alone
        row: Signature = Signature.objects.create(
            version=version, membership=by, signed_by=by, name=by.user.name, institution=by.institution,
            institution_name=by.institution.name, department=by.department,
            department_name=by.department.name if by.department else "", roles=list(by.roles),
            read=[one["code"] for one in version.clauses], digest=version.digest, signed_at=now,
            valid_from=first, valid_to=_end(first, version.months),
        )  # fmt: skip
    journal.write(
        by=by, verb="duty.signed", about=row, digest=row.digest, version=version.number,
        valid_from=str(row.valid_from), valid_to=str(row.valid_to),
    )  # fmt: skip
    return row


def standing(by: Membership, version: LetterVersion, on: date) -> Signature | None:
    """The person's letter of a version that holds on a day, or follows the one that does, and is not yet to
    be signed anew; None where there is something to sign.
    """
    last = _last(by, version)
    if last is None or last.valid_to < on:
        return None
    return last if last.valid_from > on or not renews(last.valid_to, on) else None


def _last(by: Membership, version: LetterVersion) -> Signature | None:
    rows = Signature.objects.filter(membership=by, version=version)
    found: Signature | None = rows.order_by("-valid_to").first()
    return found


def renews(valid_to: date, on: date) -> bool:
    """Whether a letter that holds may be signed anew: so many days before its end (duty.renewal)."""
    return valid_to - on <= timedelta(days=rounds.days(rounds.RENEWAL, on))


def _end(first: date, months: int) -> date:
    """The last day of so many months from a day on."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    day = min(first.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)


def true(row: Signature) -> bool:
    """Whether the text kept has the digest that was signed: computed anew from its parts."""
    version = row.version
    text = Text(version.title, version.paragraphs, version.clauses, (), (), version.months)
    return bool(digest(content(version.number, text)) == row.digest == version.digest)


def held(membership_id: int, on: date) -> Signature | None:
    """The letter a person had signed that held on a day, of whatever version; None where there was none."""
    rows = Signature.objects.named().filter(membership=membership_id).on(on)
    found: Signature | None = rows.order_by("-signed_at").first()
    return found
