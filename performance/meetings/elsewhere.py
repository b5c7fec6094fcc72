"""What other rooms show of a resolution: the subject of its approval, its title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import pgettext

from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.web import words
from alliance.web.parts import Fact
from performance.meetings import minutes
from performance.meetings.models import Meeting, Resolution


def title(arguments: Mapping[str, Any]) -> str:
    """What is to be decided; without a query."""
    return str(arguments["text"])


def summary(approval: Approval) -> registry.Summary:
    """What who votes reads: the text, the point, who does it until when."""
    row = Resolution.objects.select_related(
        "meeting__body__alliance", "point", "owner__user", "institution", "department"
    ).get(pk=approval.about_id)
    facts = [
        Fact(pgettext("resolution", "resolution"), row.text),
        Fact(pgettext("resolution", "meeting"), row.meeting.title),
    ]
    if row.point is not None:
        facts.append(Fact(pgettext("resolution", "point of the agenda"), row.point.title))
    if row.due_on is not None:
        facts.append(Fact(pgettext("task", "done by"), minutes.who(row)))
        facts.append(Fact(pgettext("task", "due on"), words.day(row.due_on)))
    return registry.Summary(
        "approvals/_subject.html", {"facts": facts}, reverse("meeting", args=[row.meeting_id]),
        registry.within(Meeting.objects.seen_by, row.meeting_id),
    )  # fmt: skip
