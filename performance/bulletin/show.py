"""What the pages of papers show."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.web import parts, words
from performance.bulletin import services
from performance.models import MonthRun, Paper
from performance.models.papers import LEAD, SECOND

APPROVED = (MonthRun.State.APPROVED, MonthRun.State.POSTED)
CHOSEN = 24  # months offered


def makes(membership: Membership) -> bool:
    """Whether the member makes and edits papers."""
    return membership.institution_id is None and membership.can(LEAD)


def months() -> list[Any]:
    """Months that can have a paper, newest first."""
    days = MonthRun.objects.order_by("-month").values_list("month", flat=True).distinct()
    return [services.Month.of(day) for day in days[:CHOSEN]]


def page(paper: Paper, membership: Membership) -> dict[str, Any]:
    """The paper as it is, what the member may do, what the second person should look at."""
    draft = paper.state == Paper.State.DRAFT
    return {
        "title": paper.title, "paper": paper, "document": services.document(paper), "draft": draft,
        "edits": draft and makes(membership), "actions": actions(paper, membership),
        "names": [parts.Fact(name) for name in services.named_staff(paper)] if draft else (),
        "waits": draft and makes(membership) and not _may_release(paper, membership),
        "facts_paper": facts(paper), "history": parts.history(paper),
    }  # fmt: skip


def facts(paper: Paper) -> list[parts.Fact]:
    """Who wrote and who released it."""
    found = [
        parts.Fact(_("kind"), str(paper.get_kind_display())),
        parts.Fact(_("month"), words.month(paper.month)),
        parts.Fact(pgettext("paper", "number"), str(paper.number)),
        parts.Fact(_("edited"), f"{paper.edited_by.user} {words.moment(paper.edited_at)}"),
    ]  # fmt: skip
    if paper.released_by is not None:
        found.append(
            parts.Fact(
                pgettext("paper", "released"), f"{paper.released_by.user} {words.moment(paper.released_at)}"
            )
        )
    return found


def _may_release(paper: Paper, membership: Membership) -> bool:
    return "second" in paper.sides_of(membership) and membership.can(SECOND)


def actions(paper: Paper, membership: Membership) -> list[parts.Action]:
    """Release, by another than who edited last; throw a draft away."""
    found = [
        parts.Action(
            str(step.custom["label"]), f"{_act(paper, step.name)}?version={paper.version}",
            step.custom["icon"], "primary",
        )
        for step in paper.steps_for(membership)
    ]  # fmt: skip
    if paper.state == Paper.State.DRAFT and makes(membership):
        found.append(parts.Action(_("Throw away"), _act(paper, "discard"), "x"))
    return found


def _act(paper: Paper, step: str) -> str:
    return reverse("paper-act", args=[paper.pk, step])
