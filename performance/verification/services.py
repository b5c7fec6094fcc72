"""Drawing a sample of a month's cases by a seed, looking at each, signing an opinion (S3-24)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.lib import sampling
from alliance.lib.canonical import digest
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import journal
from alliance.services.files import Upload
from grouping import facts as case_books
from performance.declared.services.proving import keep as keep_files
from performance.services.rights import require
from performance.verification.models import GIVE, Opinion, VerifiedItem
from performance.verification.refusals import VerificationRefused

MOST = 500  # records one person looks at
Found, Verdict = VerifiedItem.Found, Opinion.Verdict


@transaction.atomic
def draw(
    *, by: Membership, institution: Institution, month: Month, size: int, now: datetime, seed: str = ""
) -> Opinion:
    """Draw `size` cases of an institution's month; anybody can draw them again by seed and record numbers.

    Raises PermissionDenied, VerificationRefused (outside, size, records, there).
    """
    require(by, GIVE)
    if Membership.objects.filter(user=by.user_id, institution__isnull=False).exists():
        raise VerificationRefused("outside")
    if not 0 < size <= MOST:
        raise VerificationRefused("size", most=MOST)
    rows = case_books.cases(month, institution.pk).values_list("pk", "record_no")
    known = {f"{number}:{pk}": (pk, number) for pk, number in rows}
    if not known:
        raise VerificationRefused("records", place=institution.short_name, month=month)
    seed = seed or secrets.token_hex(16)
    drawn = sampling.draw(sorted(known), seed=seed, count=size)
    try:
        with transaction.atomic():
            row: Opinion = Opinion.objects.create(
                month=month.first_day, institution=institution, seed=seed, size=len(drawn),
                population=len(known), drawn_by=by, drawn_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "verification_once" not in str(error):
            raise
        raise VerificationRefused("there", place=institution.short_name, month=month) from None
    VerifiedItem.objects.bulk_create(
        VerifiedItem(opinion=row, place=place, case_id=known[key][0], record_no=known[key][1])
        for place, key in enumerate(drawn, 1)
    )
    journal.write(by=by, verb="verification.drawn", about=row, month=str(month), cases=row.size)
    return row


def _own(by: Membership, opinion: Opinion) -> None:
    require(by, GIVE)
    if opinion.drawn_by_id != by.pk:
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if opinion.signed_at is not None:
        raise VerificationRefused("signed")


@transaction.atomic
def look(
    *, by: Membership, item: VerifiedItem, found: str, now: datetime, note: str = "",
    files: Sequence[Upload] = (),
) -> VerifiedItem:  # fmt: skip
    """Say what a record was found to be, with evidence.

    Raises PermissionDenied, VerificationRefused (signed, note), DeclaredRefused (file_large).
    """
    _own(by, item.opinion)
    if found != Found.CONFIRMED and not note.strip():
        raise VerificationRefused("note")
    kept = keep_files(by=by, place=item.opinion.institution, uploads=files[:1])
    item.found, item.note, item.checked_at = found, note.strip(), now
    item.file = kept[0] if kept else item.file
    item.save(update_fields=["found", "note", "checked_at", "file"])
    journal.write(by=by, verb="verification.looked", about=item.opinion, found=found)
    return item


@transaction.atomic
def sign(
    *, by: Membership, opinion: Opinion, verdict: str, text: str, now: datetime,
    files: Sequence[Upload] = (),
) -> Opinion:  # fmt: skip
    """Sign the opinion once every record was looked at; it stays for good.

    Raises PermissionDenied, VerificationRefused (signed, open, not_true, text), DeclaredRefused.
    """
    _own(by, opinion)
    rows = list(opinion.items.order_by("place"))
    if left := sum(not one.found for one in rows):
        raise VerificationRefused("open", n=left)
    other = sum(one.found != Found.CONFIRMED for one in rows)
    if verdict == Verdict.TRUE and other:
        raise VerificationRefused("not_true", n=other)
    if not text.strip():
        raise VerificationRefused("text")
    kept = keep_files(by=by, place=opinion.institution, uploads=files[:1])
    told = [[one.place, one.record_no, one.found, one.note] for one in rows]
    signed: Opinion = Opinion.objects.claim(
        opinion.pk, expect={"signed_at": None},
        change={
            "verdict": verdict, "text": text.strip(), "file": kept[0] if kept else None, "signed_at": now,
            "digest": digest([opinion.institution_id, opinion.seed, told, verdict, text.strip()]),
        },
    )  # fmt: skip
    journal.write(by=by, verb="verification.signed", about=signed, verdict=verdict)
    return signed
