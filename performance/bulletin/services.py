"""Papers of a month: made, edited, released by a second person, thrown away as drafts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import CharField, F, Max, Value
from django.utils import timezone

from alliance.lib.canonical import to_plain
from alliance.lib.documents import Document, Part
from alliance.lib.period import Month
from alliance.models import Membership, Staff
from alliance.services import journal, steps
from performance.bulletin import filling
from performance.bulletin.refusals import PaperRefused
from performance.models import MonthRun, Paper
from performance.models.papers import LEAD
from performance.services import months
from performance.services.rights import require

# Eleven digits and more in one: a telephone, an identity, an account.
NUMBERS = re.compile(r"\d[\d -]{9,}[\dXx]")
APPROVED = (MonthRun.State.APPROVED, MonthRun.State.POSTED)


@transaction.atomic
def make(*, by: Membership, month: Month, kind: str, now: datetime) -> Paper:
    """Draft a paper from the month's facts; its texts are edited before a second person releases it.

    Raises PermissionDenied, PaperRefused (no_result, there).
    """
    require(by, LEAD)
    run = months.current(month)
    if kind != Paper.Kind.MINUTES and (run is None or run.state not in APPROVED):
        raise PaperRefused("no_result", month=month)
    last = Paper.objects.filter(month=month.first_day, kind=kind).aggregate(last=Max("number"))["last"]
    found = filling.fill(kind, by, month, run, today=timezone.localdate(now))
    paper = Paper(
        month=month.first_day, kind=kind, number=(last or 0) + 1, title=found.title, line=found.line,
        parts=to_plain(found.parts), foot=found.foot, run=run, made_at=now, edited_by=by, edited_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            paper.save(force_insert=True)
    except IntegrityError as error:
        if "paper_" not in str(error):
            raise
        raise PaperRefused("there") from None
    journal.write(by=by, verb="paper.made", about=paper, kind=kind, month=str(month), number=paper.number)
    return paper


@transaction.atomic
def edit(
    *, by: Membership, paper: Paper, title: str, line: str, texts: Mapping[int, str], foot: str,
    now: datetime, version: int | None = None,
) -> Paper:  # fmt: skip
    """Keep the texts of a draft; the tables stay what the facts say.

    Raises PermissionDenied, PaperRefused (title, number), Stale.
    """
    require(by, LEAD)
    steps.fresh(paper, version)
    if not title.strip():
        raise PaperRefused("title")
    for text in (title, line, foot, *texts.values()):
        if found := NUMBERS.search(text):
            raise PaperRefused("number", text=found[0])
    parts = [
        replace(part, text=texts.get(place, part.text).strip()) for place, part in enumerate(paper.content())
    ]
    kept: Paper = Paper.objects.claim(
        paper.pk,
        expect={"state": Paper.State.DRAFT, "version": paper.version},
        change={
            "title": title.strip(), "line": line.strip(), "foot": foot.strip(), "parts": to_plain(parts),
            "edited_by": by, "edited_at": now, "version": F("version") + 1,
        },
    )  # fmt: skip
    journal.write(by=by, verb="paper.edited", about=kept)
    return kept


@transaction.atomic
def release(*, by: Membership, paper: Paper, now: datetime, version: int | None = None) -> Paper:
    """A second person has read it: everybody of the alliance does now. Raises PermissionDenied, Stale."""
    step = steps.admitted("release", by=by, row=paper, version=version)
    released: Paper = steps.take(
        step, by=by, row=paper, verb="paper.released", now=now, released_by=by,
        said={"kind": paper.kind, "number": paper.number},
    )  # fmt: skip
    return released


@transaction.atomic
def discard(*, by: Membership, paper: Paper) -> None:
    """Throw a draft away; it can be filled anew. Raises PermissionDenied, Stale."""
    require(by, LEAD)
    steps.open_now("release", paper)
    journal.write(by=by, verb="paper.discarded", about=paper, kind=paper.kind, number=paper.number)
    paper.delete()


def document(paper: Paper) -> Document:
    """The paper as values, for page, sheet and docx."""
    return Document(paper.title, paper.line, paper.content(), paper.foot, filling.signs(paper.kind))


def named_staff(paper: Paper) -> Sequence[str]:
    """Names of staff in the texts, so that the second person sees them; a word may only look like a name."""
    whole = " ".join([paper.title, paper.line, paper.foot, *(part.text for part in paper.content())])
    rows: Any = Staff.objects.annotate(whole=Value(whole, output_field=CharField()))
    return sorted(set(rows.filter(whole__contains=F("name")).values_list("name", flat=True)))


__all__ = ["Part", "discard", "document", "edit", "make", "named_staff", "release"]
