"""Who judges what is opinion: the axis of the evaluators in a draft, changed apart from its indicators (A7).

S3-21..26. The weights belong to the content that is tried and voted on: a trial of other weights does not
count.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from alliance.lib.canonical import digest, to_plain
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal
from performance.engine.evaluators import Evaluators
from performance.engine.restore import restore
from performance.engine.scheme import Scheme
from performance.engine.templates import shipped_templates
from performance.models import SchemeDraft, SchemeVersion
from performance.services.rights import require

EDIT = "performance_scheme.edit"


def first_of(draft: SchemeDraft) -> Any:
    """The evaluators a draft began with: those of its base, or of the template it was begun from."""
    if draft.base is not None:
        return draft.base.evaluators
    found = shipped_templates().get(draft.content.get("code", ""))
    return to_plain(found.evaluators) if found else None


def whole_digest(scheme: Scheme, evaluators: Any, first: Any) -> str:
    """Names the whole content: the scheme, and the evaluators where they are not those it began with."""
    if evaluators == first:
        return scheme.digest
    return digest({"scheme": scheme.digest, "evaluators": evaluators})


@transaction.atomic
def judge(
    *, by: Membership, draft: SchemeDraft, evaluators: Evaluators, now: datetime, version: int | None
) -> SchemeDraft:
    """Keep other weights of the evaluators; faulty ones are kept, too, and keep the draft from a vote.

    Raises PermissionDenied, Stale.
    """
    require(by, EDIT)
    if draft.state != SchemeDraft.State.EDITED or version not in (None, draft.version):
        raise Stale(draft)
    kept = to_plain(evaluators)
    if kept == draft.evaluators:
        return draft
    whole = whole_digest(draft.scheme(), kept, first_of(draft))
    changed: SchemeDraft = SchemeDraft.objects.claim(
        draft.pk,
        expect={"state": SchemeDraft.State.EDITED, "version": draft.version},
        change={
            "evaluators": kept, "digest": whole, "version": F("version") + 1, "changed_by": by,
            "changed_at": now,
        },
    )  # fmt: skip
    journal.write(by=by, verb="performance_draft.judged", about=changed, digest=changed.digest)
    return changed


def other_judges(draft: SchemeDraft) -> Evaluators | None:
    """The evaluators a trial has to judge anew with; None where the draft kept those it began with."""
    if draft.evaluators == first_of(draft) or draft.evaluators is None:
        return None
    found: Evaluators = restore(Evaluators, draft.evaluators)
    return found


def differ(old: SchemeVersion | SchemeDraft, new: SchemeVersion | SchemeDraft) -> list[tuple[str, Any, Any]]:
    """The kinds of evaluators whose weight differs, with both weights (None: nobody was asked)."""
    before, after = (one.judges() for one in (old, new))
    either = before or after
    rows = [
        (kind, before.weights[kind] if before else None, after.weights[kind] if after else None)
        for kind in (either.weights if either else ())
    ]
    return [row for row in rows if row[1] != row[2]]
