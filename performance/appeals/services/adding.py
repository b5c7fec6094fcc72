"""Adding to an open appeal: words, evidence and further lines, until it is decided; the clock goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from alliance.models import Attachment, Membership
from alliance.models.base import Stale
from alliance.services import journal
from performance.appeals.refusals import AppealRefused, in_words
from performance.appeals.services.filing import NewLine, check_lines, new_lines
from performance.models import Appeal, AppealAddition, AppealFile, AppealLine
from performance.models.appeals import FILE


def may_add(by: Membership, appeal: Appeal) -> bool:
    """Whether the member adds to it now: who filed it, until it is decided."""
    return appeal.state in Appeal.UNANSWERED and by.user_id == appeal.filed_by.user_id and by.can(FILE)


@in_words()
@transaction.atomic
def add(
    *, by: Membership, appeal: Appeal, text: str, now: datetime, lines: Sequence[NewLine] = (),
    files: Sequence[Attachment] = (),
) -> AppealAddition:  # fmt: skip
    """Keep an addition of its own; nothing filed before changes, nor does the clock. Whoever decides on an
    older page is told that it is older.

    A second instance is about the lines of the first. Raises PermissionDenied, AppealRefused (decided,
    nothing_added, same_lines, month, early, closed, disputed, open, handler_involved), Stale.
    """
    row: Appeal = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
    if by.user_id != appeal.filed_by.user_id or not by.can(FILE):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if row.state not in Appeal.UNANSWERED:
        raise AppealRefused("decided")
    if not text.strip() and not lines and not files:
        raise AppealRefused("nothing_added")
    if lines and row.earlier_id is not None:
        raise AppealRefused("same_lines")
    if any(one.subject.month != row.period for one in lines):
        raise AppealRefused("month")
    check_lines(lines, now)
    made = _store(by, row, text, now, lines, files)
    if not Appeal.objects.filter(pk=row.pk, version=row.version).update(version=F("version") + 1):
        raise Stale(row)
    journal.write(by=by, verb="appeal.added", about=row, lines=len(lines), files=len(files))
    return made


def _store(
    by: Membership, row: Appeal, text: str, now: datetime, lines: Sequence[NewLine],
    files: Sequence[Attachment],
) -> AppealAddition:  # fmt: skip
    last = AppealAddition.objects.filter(appeal=row).aggregate(last=Max("number"))["last"] or 0
    made: AppealAddition = AppealAddition.objects.create(
        appeal=row, number=last + 1, text=text.strip(), added_by=by, added_at=now
    )
    if lines:
        _uninvolved_still(row, lines, made)
    AppealFile.objects.bulk_create(AppealFile(appeal=row, file=one, addition=made) for one in files)
    return made


def _uninvolved_still(row: Appeal, lines: Sequence[NewLine], made: AppealAddition) -> None:
    """The further lines, unless they would make the examiner somebody who is involved."""
    first = AppealLine.objects.filter(appeal=row).aggregate(last=Max("number"))["last"] + 1
    try:
        with transaction.atomic():
            AppealLine.objects.bulk_create(new_lines(row, lines, first, addition=made))
    except IntegrityError as error:
        if "involved in no number" not in str(error) or row.handler_id is None:
            raise
        handler = Membership.objects.select_related("user").get(pk=row.handler_id)
        raise AppealRefused("handler_involved", name=str(handler.user)) from None
