"""The private page of a complaint: the clock, what was said and answered, the way it goes."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from alliance.models import Alliance
from alliance.web import parts, words
from complaints.categories import words as kind_words
from complaints.models import Complaint, Word
from complaints.services import person
from complaints.show.page import NOTED
from complaints.show.public import frame, who_reads, who_sees
from complaints.show.steps import stamped

State = Complaint.State


def page(
    alliance: Alliance, row: Complaint, forms: dict[str, Any], language: str, now: datetime
) -> dict[str, Any]:
    """Everything the person sees; nothing of who in the house did what, nor what they write to each other."""
    told = row.merged_into if row.merged_into_id else row
    answers = [*row.answers.all(), *(told.answers.all() if told is not row else ())]
    return {
        **frame(alliance, language), "complaint": row, "category": kind_words(row.category),
        "clock": clock(row, now), "trail": trail(row, now),
        "answers": sorted(answers, key=lambda one: one.at),
        "additions": list(row.additions.all()), "files": row.files.count(),
        "forms": {name: form for name, form in forms.items() if name in open_steps(row, now)},
        "who_sees": who_sees(), "who_reads": who_reads(), "now": now, "merged": told is not row,
    }  # fmt: skip


def open_steps(row: Complaint, now: datetime) -> set[str]:
    """What the person can do now."""
    if row.state == State.RESOLVED:
        return {"solved", "reopen", "withdraw"}
    told = row.merged_into
    if told is not None:
        return _joined(row, told, now)
    if row.state == State.CLOSED or (row.state == State.WITHDRAWN and row.word == Word.STAFF):
        return {"reopen"} if person.may_reopen(row, now) else set()
    return {"add", "withdraw"} if row.state in Complaint.LIVE else set()


def _joined(row: Complaint, told: Complaint, now: datetime) -> set[str]:
    """The same of a duplicate: it is answered with another one, its person keeps every word."""
    if told.state not in Complaint.GIVEN:
        return {"add", "apart", "withdraw"}
    steps = {"reopen"} if person.may_reopen(row, now) else set()
    if row.settled_at is None and steps:
        steps |= {"solved", "withdraw"}
    return steps | ({"add"} if person.takes_more(row) else set())


def clock(row: Complaint, now: datetime) -> dict[str, Any] | None:
    """The clock that runs: label, what is left, until when, how much of it is gone (percent)."""
    if row.clock is None:
        return None
    which, due = row.clock
    start = row.received_at if which == "first" else row.result_from
    whole = max((due - start).total_seconds(), 1)
    gone = Fraction(int((now - start).total_seconds()), int(whole)) * 100
    kind = "late" if row.is_late(now) else "warn" if words.soon(due, now) else ""
    label = _("Until the first answer") if which == "first" else _("Until the result")
    return {
        "which": which, "label": label, "left": words.clock(due, now), "until": words.until(due),
        "share": gone, "kind": kind, "result": words.until(row.result_due_at), "rule": row.result_rule,
    }  # fmt: skip


WORDS = {
    "file": lambda: _("Received"),
    "assign": lambda: _("Given to a department"),
    "hand_over": lambda: _("Given to a department"),
    "answer": lambda: _("First answer"),
    "resolve": lambda: _("Result given"),
    "close": lambda: _("Closed"),
    "reopen": lambda: _("Opened again"),
    "restore": lambda: _("Opened again"),
    "withdraw": lambda: _("Withdrawn"),
    "merge": lambda: _("Joined with an earlier complaint about the same matter"),
    "part": lambda: _("Goes its own way again"),
    "separate": lambda: _("Goes its own way again"),
    "settle": lambda: _("You said that the answer solved it"),
}


def trail(row: Complaint, now: datetime) -> list[parts.Step]:
    """The steps so far and those that are still to come."""
    done = [_line(step, at) for step, at in stamped(row)]
    ahead = []
    if row.state in Complaint.FIRST:
        ahead.append(parts.Step("wait", _("Waiting for the first answer")))
    if row.state in Complaint.RESULT:
        ahead.append(parts.Step("wait", _("Waiting for the result")))
    if row.state == State.RESOLVED:
        ahead.append(parts.Step("wait", _("You say whether it is really solved")))
    elif row.state in Complaint.LIVE:
        ahead.append(parts.Step("no", _("Then you say whether it is really solved")))
    return [*done, *ahead]


def _line(step: Any, at: datetime) -> parts.Step:
    """One step. Its note is the house's own word and stays there, save the reason the person gave."""
    title = WORDS[step.name]() if step.name in WORDS else step.to_state
    detail = ""
    if step.name in ("assign", "hand_over"):
        detail = _("They read what happened, not who you are.")
    elif step.name in ("part", "separate"):
        why = step.note if step.by is None else _("The alliance office found that it is another matter.")
        detail = " ".join((why, _("While it was joined, its limits stood still; no more is added to them.")))
    elif step.name in ("reopen", "restore") and step.by is None:
        detail = step.note
    elif step.name in NOTED and step.by is not None:
        title, detail = NOTED[step.name](), step.note  # what is noted of the person's word, the person reads
    return parts.Step("yes", title, detail=detail, at=at)
