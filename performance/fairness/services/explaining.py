"""The institution speaks (陈述申辩): as often as it likes until somebody decides, with files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.models import Attachment, Institution, Membership
from alliance.models.base import Stale
from alliance.services import journal, steps
from performance.fairness.refusals import FairnessRefused
from performance.models import Clue, ClueAnswer, ClueFile

EXPLAIN = "fairness.explain"


def may_explain(by: Membership, clue: Clue) -> bool:
    """Whether the member speaks for an institution the clue is about."""
    return by.can(EXPLAIN) and by.institution_id in clue.places and not clue.confidential


@transaction.atomic
def explain(
    *, by: Membership, clue: Clue, text: str, now: datetime, files: Sequence[Attachment] = (),
    version: int | None = None,
) -> ClueAnswer:  # fmt: skip
    """Add an explanation with its files; the first moves the clue on.

    After the deadline it is still heard while nobody has decided. Raises PermissionDenied, FairnessRefused
    (why), Stale (decided meanwhile).
    """
    if not may_explain(by, clue):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if not text.strip():
        raise FairnessRefused("why")
    here = by.institution
    assert isinstance(here, Institution)
    steps.fresh(clue, version)
    change = {"answers": F("answers") + 1}
    if clue.state == Clue.State.OPEN:
        step = steps.open_now("answer", clue, version)
        steps.take(step, by=by, row=clue, verb="fairness.explained", **change)
    elif clue.state == Clue.State.ANSWERED:
        claimed = Clue.objects.filter(pk=clue.pk, state=clue.state, version=clue.version)
        if not claimed.update(version=F("version") + 1, **change):
            raise Stale(Clue.objects.get(pk=clue.pk))
        journal.write(by=by, verb="fairness.explained", about=clue)
    else:
        raise Stale(clue)
    made: ClueAnswer = ClueAnswer.objects.create(
        clue=clue, institution=here, text=text.strip(), said_by=by, said_at=now
    )
    ClueFile.objects.bulk_create(ClueFile(answer=made, file=file) for file in files)
    return made
