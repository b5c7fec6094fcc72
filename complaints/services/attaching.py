"""Photos and PDFs beside a complaint: known by content, sealed, of no owner where the person sends them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy

from alliance.lib.workdays import SHANGHAI
from alliance.models import Attachment, Membership
from alliance.services import files, parameters
from alliance.services.files import Upload
from complaints.models import Complaint, ComplaintFile
from complaints.services.refusals import ComplaintRefused

BARE = ("image/jpeg", "image/png")
HELD_BACK = gettext_lazy(
    "This PDF of somebody without a name is held back: it keeps who wrote it. Ask for a photo of the page in "
    "your answer."
)


def most(now: datetime) -> int:
    """How many files one form may bring."""
    return int(str(parameters.in_force("complaint.files_most", on=now.astimezone(SHANGHAI).date())))


@transaction.atomic
def attach(
    *, by: Membership | None, complaint: Complaint, uploads: Sequence[Upload], now: datetime
) -> list[ComplaintFile]:
    """Keep files sealed beside the complaint. Raises ComplaintRefused (too_many_files, names_kept: an
    anonymous one with a file that keeps who wrote it; the database refuses it too), files.TooLarge.
    """
    checked(uploads, anonymous=complaint.anonymous, now=now)
    rows = []
    for number, one in enumerate(uploads, start=1):
        stored = files.store(
            by=by, name=_shown(one, number, complaint), content=one.content, purpose=Attachment.Purpose.SAID,
            content_type=one.content_type, limit=one.limit, institution=complaint.institution,
        )  # fmt: skip
        rows.append(ComplaintFile.objects.create(complaint=complaint, attachment=stored, at=now))
    return rows


def checked(uploads: Sequence[Upload], *, anonymous: bool, now: datetime) -> None:
    """Raises ComplaintRefused (too_many_files, names_kept). Photos come without their data
    (alliance.lib.bare); what is no photo keeps its own.
    """
    if len(uploads) > (limit := most(now)):
        raise ComplaintRefused("too_many_files", most=limit)
    if anonymous and any(one.content_type not in BARE for one in uploads):
        raise ComplaintRefused("names_kept")


def held_back(file: Attachment, *, nameless: bool) -> bool:
    """Whether a file goes to nobody: stored before the database refused it, it tells who wrote it."""
    return nameless and file.content_type not in BARE


def _shown(one: Upload, number: int, complaint: Complaint) -> str:
    """The name of a file; of an anonymous complaint a number, for people name photos after themselves."""
    return f"{number}.{one.content_type.rpartition('/')[2]}" if complaint.anonymous else one.name
