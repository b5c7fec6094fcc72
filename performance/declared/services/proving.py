"""Evidence files of declared values: sealed, added and never taken away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from alliance.models import Attachment, Institution, Membership
from alliance.services import files, journal
from alliance.services.files import Upload
from performance.declared.refusals import DeclaredRefused
from performance.declared.services.rights import require_first
from performance.models import DeclaredProof, DeclaredValue

MOST_FILES = 10
Row = DeclaredValue


@transaction.atomic
def prove(*, by: Membership, value: Row, uploads: Sequence[Upload], now: datetime) -> Row:
    """Add files to a value that is not submitted yet. Raises DeclaredRefused (sealed, files, file_large)."""
    require_first(by, value.institution_id)
    if value.state not in (Row.State.ENTERED, Row.State.RETURNED):
        raise DeclaredRefused("sealed")
    attach(by=by, values=[value], kept=keep(by=by, place=value.institution, uploads=uploads), now=now)
    value.refresh_from_db()
    return value


def keep(*, by: Membership, place: Institution | None, uploads: Sequence[Upload]) -> list[Attachment]:
    """Seal files. Raises DeclaredRefused (files, file_large)."""
    if len(uploads) > MOST_FILES:
        raise DeclaredRefused("files", most=MOST_FILES)
    found = []
    for upload in uploads:
        try:
            found.append(
                files.store(
                    by=by,
                    name=upload.name,
                    content=upload.content,
                    purpose=Attachment.Purpose.EVIDENCE,
                    content_type=upload.content_type,
                    limit=upload.limit,
                    institution=place,
                )
            )
        except files.TooLarge as refused:
            raise DeclaredRefused("file_large", name=upload.name, mib=refused.limit >> 20) from None
    return found


def attach(*, by: Membership, values: Sequence[Row], kept: Sequence[Attachment], now: datetime) -> None:
    """Let each of the values rest on each of the files; two statements for any number."""
    if not kept or not values:
        return
    DeclaredProof.objects.bulk_create(
        DeclaredProof(value=value, file=file, added_by=by, added_at=now) for value in values for file in kept
    )
    Row.objects.filter(pk__in=[value.pk for value in values]).update(proofs=F("proofs") + len(kept))
    for value in values:
        value.proofs += len(kept)
    about = values[0] if len(values) == 1 else None
    journal.write(by=by, verb="declared.proved", about=about, files=len(kept), rows=len(values))
