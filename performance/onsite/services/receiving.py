"""What inspectors' devices send: answers, photos, signatures; each once, whatever is sent twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, transaction

from alliance.approvals.forms import scan_limit
from alliance.lib.canonical import to_plain
from alliance.models import Attachment, Membership
from alliance.services import files, journal
from performance.engine import pictures
from performance.engine.checklist import ChecklistRefused, Content, check_answer, heads
from performance.models import OnsiteAnswer, OnsitePhoto, OnsiteSignature, OnsiteVisit
from performance.models.onsite_findings import Sent
from performance.onsite.refusals import OnsiteRefused
from performance.onsite.services.planning import inspects

MOST_PHOTOS = 9  # an item
Row = TypeVar("Row", bound=Sent)


@dataclass(frozen=True)
class Parcel:
    """What everything sent bears: its key and when it was made on the device."""

    uid: UUID
    made_at: datetime
    now: datetime


@dataclass(frozen=True)
class Signer:
    """Who signs, or refuses to before a witness; `image` is the drawn name or a photo of the signed sheet."""

    side: str
    name: str
    duty: str = ""
    image: bytes = b""
    refused: bool = False
    reason: str = ""
    witness: str = ""
    statement: str = ""


@transaction.atomic
def answer(
    *, by: Membership, visit: OnsiteVisit, parcel: Parcel, item: str, content: Content,
    replaces: Sequence[UUID] = (),
) -> OnsiteAnswer:  # fmt: skip
    """Take an answer; the same key again is the same row. `replaces`: the answers its author knew.

    Raises PermissionDenied, ChecklistRefused, OnsiteRefused (not_open, key, settle).
    """
    me = inspects(by, visit)
    plain = to_plain(content)
    if known := _known(OnsiteAnswer, parcel, visit):
        return _same(known, known.item == item and known.content == plain)
    _require_open(visit)
    table = visit.checklist.checklist
    if item not in table.items:
        raise ChecklistRefused("unknown", item=item)
    check_answer(table.items[item], content, _drawn(visit, table.items[item].sample))
    if not me.is_lead:
        _check_settling(by, visit, item, replaces)
    row = _insert(OnsiteAnswer(item=item, content=plain, replaces=list(replaces), **_head(by, visit, parcel)))
    journal.write(by=by, verb="onsite.answered", about=visit, item=item)
    return row


def _check_settling(by: Membership, visit: OnsiteVisit, item: str, replaces: Sequence[UUID]) -> None:
    """Raise OnsiteRefused (settle): of answers that disagree only the lead may replace another's."""
    rows = {str(row.uid): row for row in OnsiteAnswer.objects.filter(visit=visit, item=item)}
    standing = heads(row.answer for row in rows.values()).get(item, ())
    if len({one.content for one in standing}) < 2:
        return
    asked = {str(uid) for uid in replaces}
    if any(one.uid in asked and rows[one.uid].by_id != by.pk for one in standing):
        raise OnsiteRefused("settle", item=item)


def _drawn(visit: OnsiteVisit, kind: str) -> list[str]:
    row = visit.samples.filter(kind=kind).first()  # type: ignore[attr-defined]
    return list(row.drawn) if row else []


@transaction.atomic
def photo(*, by: Membership, visit: OnsiteVisit, parcel: Parcel, item: str, image: bytes) -> OnsitePhoto:
    """Keep a photo sealed, without what the camera wrote beside it; the same key again is the same row.

    Raises PermissionDenied, PictureRefused, ChecklistRefused (unknown), OnsiteRefused (not_open, key, photos,
    file_large).
    """
    inspects(by, visit)
    if known := _known(OnsitePhoto, parcel, visit):
        return _same(known, known.item == item)
    _require_open(visit)
    if item not in visit.checklist.checklist.items:
        raise ChecklistRefused("unknown", item=item)
    taken = OnsitePhoto.objects.filter(visit=visit, item=item)
    count = taken.count()
    if taken.filter(withdrawn_at=None).count() >= MOST_PHOTOS:
        raise OnsiteRefused("photos", most=MOST_PHOTOS)
    kept = _keep(by, visit, f"{item}-{count + 1}", image)
    row = _insert(OnsitePhoto(item=item, file=kept, **_head(by, visit, parcel)))
    journal.write(by=by, verb="onsite.photographed", about=visit, item=item)
    return row


def _keep(by: Membership, visit: OnsiteVisit, name: str, image: bytes) -> Attachment:
    content, kind = pictures.bare(image)
    try:
        return files.store(
            by=by, name=f"{name}.{kind.rpartition('/')[2]}", content=[content],
            purpose=Attachment.Purpose.EVIDENCE, content_type=kind, limit=scan_limit(),
            institution=visit.institution,
        )  # fmt: skip
    except files.TooLarge as refused:
        raise OnsiteRefused("file_large", mib=refused.limit >> 20) from None


@transaction.atomic
def sign(
    *, by: Membership, visit: OnsiteVisit, parcel: Parcel, signer: Signer, answers: Sequence[UUID]
) -> OnsiteSignature:
    """Keep who stands by which answers; a refusal with its reason and witness.

    Raises PermissionDenied, PictureRefused, OnsiteRefused (not_open, key, nothing, name, image, witness).
    """
    inspects(by, visit)
    if known := _known(OnsiteSignature, parcel, visit):
        return _same(known, known.side == signer.side and set(known.answers) == set(answers))
    _require_open(visit)
    _check_signer(signer)
    if not answers:
        raise OnsiteRefused("nothing")
    kept = None if signer.refused else _keep(by, visit, f"{signer.side}-{parcel.uid}", signer.image)
    row = _insert(
        OnsiteSignature(
            side=signer.side, name=signer.name, duty=signer.duty, file=kept, answers=list(answers),
            refused=signer.refused, reason=signer.reason, witness=signer.witness,
            statement=signer.statement, **_head(by, visit, parcel),
        )
    )  # fmt: skip
    journal.write(by=by, verb="onsite.signature_kept", about=visit, refused=signer.refused)
    return row


def _check_signer(signer: Signer) -> None:
    if signer.refused:
        if signer.side != OnsiteSignature.Side.INSPECTED or not (signer.reason and signer.witness):
            raise OnsiteRefused("witness")
    elif not signer.name:
        raise OnsiteRefused("name")
    elif not signer.image:
        raise OnsiteRefused("image")


def _head(by: Membership, visit: OnsiteVisit, parcel: Parcel) -> dict[str, Any]:
    return {
        "visit": visit, "by": by, "uid": parcel.uid, "made_at": parcel.made_at, "received_at": parcel.now,
    }  # fmt: skip


def _require_open(visit: OnsiteVisit) -> None:
    if visit.state != OnsiteVisit.State.OPEN:
        raise OnsiteRefused("not_open")


def _known(model: type[Row], parcel: Parcel, visit: OnsiteVisit) -> Row | None:
    row: Row | None = model.objects.filter(uid=parcel.uid).first()
    if row is not None and row.visit_id != visit.pk:  # type: ignore[attr-defined]
        raise OnsiteRefused("key")
    return row


def _same(row: Row, same: bool) -> Row:
    if not same:
        raise OnsiteRefused("key")
    return row


def _insert(row: Row) -> Row:
    """Store it; the database refuses what comes after the visit was signed in the same moment."""
    try:
        with transaction.atomic():
            row.save()
    except DatabaseError as error:
        if "not under way" not in str(error):
            raise
        raise OnsiteRefused("not_open") from None
    return row
