"""Words of the work queues: what is wrong, whom it waits for, what may be done; the page of one item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance.models import Membership
from alliance.services import journal
from alliance.web import parts, words
from grouping import texts, visible
from grouping.models import CaseQuestion, WorkItem
from grouping.models.queues import LIVE, Cause, State
from grouping.queues import causes, forms
from grouping.readers.messages import MESSAGES, sentence

CHIPS = {
    "open": "warn",
    "asked": "info",
    "answered": "warn",
    "waiting": "prov",
    "accepted": "",
    "closed": "ok",
}
REASONS = {
    "no_principal": gettext_lazy("no principal diagnosis"),
    "unknown_code": gettext_lazy("the principal code is not in the scheme's dictionary"),
    "out_of_scope": gettext_lazy("no MDC lists the principal diagnosis"),
    "condition": gettext_lazy("its MDC asks for another sex or age"),
    "no_adrg": gettext_lazy("no ADRG of its MDC holds"),
}
STEPS: Mapping[str, tuple[Any, str]] = {
    "ask": (gettext_lazy("Ask the doctor"), "msg"),
    "ask_again": (gettext_lazy("Ask the doctor"), "msg"),
    "answer": (gettext_lazy("Answer"), "check"),
    "wait": (gettext_lazy("Wait for the source"), "clock"),
    "accept": (gettext_lazy("No error"), "ok"),
    "look_again": (gettext_lazy("Look at it again"), "undo"),
}
DONE: Mapping[str, Any] = {
    "ask": lambda n: ngettext("%(n)d record: the doctor is asked", "%(n)d records: the doctor is asked", n),
    "answer": lambda n: ngettext("%(n)d question answered", "%(n)d questions answered", n),
    "wait": lambda n: ngettext("%(n)d record waits for its source", "%(n)d records wait for their source", n),
    "accept": lambda n: ngettext("%(n)d record is no error", "%(n)d records are no error", n),
    "look_again": lambda n: ngettext(
        "%(n)d record is looked at again", "%(n)d records are looked at again", n
    ),
}
STEP_WORDS: Mapping[str, Any] = {
    "close": gettext_lazy("the cause is gone"),
    "return_": gettext_lazy("found again"),
    "ask": gettext_lazy("the doctor was asked"),
    "ask_again": gettext_lazy("the doctor was asked"),
    "answer": gettext_lazy("the doctor answered"),
    "wait": gettext_lazy("waits for the source"),
    "accept": gettext_lazy("no error"),
    "look_again": gettext_lazy("looked at again"),
}
NOTES: Mapping[str, Any] = {
    "corrected": gettext_lazy("by itself: what arrived no longer has it"),
    "withdrawn": gettext_lazy("by itself: the file was put aside"),
    "found_again": gettext_lazy("by itself: what arrived has it again"),
}


def findings(item: WorkItem) -> list[str]:
    """What is wrong, in sentences with line, field and remedy where a check found it."""
    detail = item.detail
    if rows := detail.get("rows"):
        return [_finding(row, item.line or 0) for row in rows]
    if item.cause in (Cause.COST_HIGH, Cause.COST_LOW):
        return [_cost(detail)]
    reason = REASONS.get(detail.get("reason", ""))
    return [f"{detail.get('drg', '')} {reason or Cause(item.cause).label}".strip()]


CLASSES: Mapping[str, Any] = {
    "high": gettext_lazy("high-multiple case: %(multiple)s times its payment standard (%(drg)s)"),
    "high_over_cap": gettext_lazy(
        "high-multiple case beyond the cap: %(multiple)s times its payment standard (%(drg)s)"
    ),
    "low": gettext_lazy("low-multiple case: %(multiple)s times its payment standard (%(drg)s)"),
}


def _cost(detail: Mapping[str, Any]) -> str:
    """By which measure the charges are an outlier: the payment class, or the mean where no rate holds."""
    if detail.get("class") in CLASSES:
        return str(CLASSES[detail["class"]]) % {"multiple": detail["multiple"], "drg": detail["drg"]}
    known = {"multiple": detail["multiple"], "drg": detail["drg"], "n": detail["cases"]}
    return _("%(multiple)s times the mean of %(drg)s (%(n)s cases of the month)") % known


def _finding(row: Mapping[str, Any], line: int) -> str:
    if row["message"] not in MESSAGES:
        return f"{texts.kind_word(row['code'])} {row['value']}".strip()
    params = texts.params_of(row["params"])
    known = {"line": line, "column": row["column"], "value": row["value"]}
    return sentence(row["message"], known | params, texts.language())


def state_word(item: Any, now: datetime) -> tuple[str, str]:
    """The chip of an item: kind and words; a question late says so."""
    due = getattr(item, "due_at", None)
    if item.state == State.ASKED and due is not None:
        late = now >= due
        return ("late" if late else "info"), _("asked, due %(due)s") % {"due": words.due(due, now)}
    return CHIPS[item.state], str(State(item.state).label)


def by_cause(shown: QuerySet[WorkItem], view: str) -> list[dict[str, Any]]:
    """The items of the view that is shown by cause, most first, each with what can be done; one query."""
    rows = shown.order_by().values("cause").annotate(total=Count("pk", distinct=True))
    found = [
        {
            "cause": row["cause"], "total": row["total"], "label": Cause(row["cause"]).label,
            "remedy": causes.REMEDIES[row["cause"]], "url": f"?view={view}&cause={row['cause']}",
        }
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row["total"], row["cause"]))


def item_page(item: WorkItem, membership: Membership, now: datetime) -> dict[str, Any]:
    """Everything of the page of one item."""
    kind, word = state_word(item, now)
    return {
        "title": f"{item.subject} · {Cause(item.cause).label}", "item": item, "chip_kind": kind,
        "chip_word": word, "findings": findings(item), "remedy": causes.REMEDIES[item.cause],
        "internal": item.internal_from is not None and now >= item.internal_from and item.state in LIVE,
        "facts_of": facts_of(item, membership), "questions": questions(item),
        "actions": actions(item, membership), "trail": trail(item),
    }  # fmt: skip


def facts_of(item: WorkItem, membership: Membership) -> list[parts.Fact]:
    """Where the record stands; its delivery opens only for who may see it."""
    found = [
        parts.Fact(_("institution"), item.institution.name if item.institution else words.DASH),
        parts.Fact(_("department"), item.department_code or words.DASH),
        parts.Fact(_("month of discharge"), words.month(item.month) if item.month else words.DASH),
        parts.Fact(_("document"), str(item.get_document_display())),
        parts.Fact(_("found"), words.moment(item.found_at)),
    ]
    if item.internal_from:
        found.append(parts.Fact(_("insurer takes changes until"), words.moment(item.internal_from)))
    if item.file_id:
        opens = visible.opens(membership, [item.file_id])
        url = reverse("case-file", args=[item.file_id]) if opens else ""
        line = _("line %(line)s") % {"line": item.line} if item.line else _("open") if url else words.DASH
        found.append(parts.Fact(_("case file"), line, url))
    return found


def actions(item: WorkItem, membership: Membership) -> list[parts.Action]:
    """A button for each step this member may take now, from the machine."""
    found: dict[str, parts.Action] = {}
    for step in item.steps_for(membership):
        name = "ask" if step.name == "ask_again" else step.name
        label, icon = STEPS[name]
        form = forms.STEP_FORMS[name](prefix=None, initial={"items": item.pk})
        url = reverse("queue-act", args=[name])
        found.setdefault(name, parts.Action(str(label), url, icon, "", form=form, id=f"act-{name}"))
    return list(found.values())


def trail(item: WorkItem) -> list[parts.Step]:
    """The steps it went, newest first."""
    found = [
        parts.Step(
            "hit" if step.name == "close" else "yes", str(STEP_WORDS.get(step.name, step.name)),
            str(NOTES.get(step.note, step.note)), step.at, str(step.by.user) if step.by else "",
        )
        for step in journal.steps_of(item)
    ]  # fmt: skip
    return [*found[::-1], parts.Step("yes", _("found"), "", item.found_at)]


def questions(item: WorkItem) -> list[CaseQuestion]:
    """What the doctor was asked and answered, oldest first."""
    return list(item.questions.select_related("asked_by__user", "answered_by__user"))
