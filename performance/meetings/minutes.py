"""Minutes as a paper: who came, what was known and said, what was decided, who does what until when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.approvals.models import Decision, OutsideDecision
from alliance.lib.documents import Document, Part, Table
from alliance.services import calendar
from alliance.web import words
from performance.meetings import moved
from performance.meetings.models import Attendance, Meeting, Minutes, Resolution, Seat
from performance.meetings.services.meetings import quorum


def fill(meeting: Meeting, now: datetime) -> Document:
    """The minutes as the rows of the meeting say them, in the language of who writes; eight queries."""
    title = _("Minutes: %(title)s") % {"title": meeting.title}
    line = f"{meeting.body.title} · {words.on_paper(meeting.begins_at)} · {meeting.place}"
    parts = [_who(meeting), *_points(meeting), _resolutions(meeting)]
    return Document(title, line, tuple(parts))


def corrected(meeting: Meeting) -> str:
    """The title of a corrigendum."""
    return _("Corrigendum of the minutes: %(title)s") % {"title": meeting.title}


def standing(row: Minutes, by: Minutes | None) -> tuple[Part, ...]:
    """What a reader knows first: that a later version `by` stands instead, and what this one corrects."""
    found = []
    if by is not None:
        said = _("This version is replaced by version %(n)d, signed on %(at)s. Reason: %(reason)s") % {
            "n": by.number, "at": words.on_paper(max(filter(None, (by.chair_at, by.secretary_at)))),
            "reason": by.reason,
        }  # fmt: skip
        found.append(Part(pgettext("minutes", "Replaced"), said))
    if row.corrects is not None:
        said = _("It corrects version %(n)d (digest %(digest)s). Reason: %(reason)s") % {
            "n": row.corrects.number, "digest": row.corrects.digest[:16], "reason": row.reason,
        }  # fmt: skip
        found.append(Part(pgettext("minutes", "Correction"), said))
    return tuple(found)


def digest(row: Minutes) -> str:
    """Version and digest, as small print."""
    return _("Version %(n)d · digest (SHA-256) %(digest)s") % {"n": row.number, "digest": row.digest}


def signatures(row: Minutes) -> tuple[str, ...]:
    """Who signs below, with the name and day where somebody has."""
    found = []
    for label, who, at in (
        (pgettext("signature", "chair"), row.chair, row.chair_at),
        (pgettext("signature", "secretary"), row.secretary, row.secretary_at),
    ):
        found.append(f"{label} {who.user} {words.on_paper(at)}" if who and at else label)
    return tuple(found)


def _who(meeting: Meeting) -> Part:
    rows = list(
        Attendance.objects.filter(meeting=meeting).select_related(
            "seat__membership__institution", "seat__membership__department"
        )
    )
    have, of, need = quorum(meeting, rows)
    lines = []
    for presence in (one for one in Attendance.Presence if one != Attendance.Presence.ASKED):
        names = [
            pgettext("minutes", "%(name)s (%(function)s)")
            % {
                "name": row.seat.name,
                "function": _(", ").join(
                    filter(None, (str(row.seat.get_function_display()), unit_of(row.seat)))
                ),
            }
            for row in rows
            if row.presence == presence
        ]
        if names:
            lines.append(presence.label + _(": ") + _(", ").join(names))
    said = _("%(have)d of %(of)d members came; a decision needs %(need)d.") % {
        "have": have, "of": of, "need": need,
    }  # fmt: skip
    return Part(pgettext("minutes", "Who took part"), "\n".join([*lines, said]))


def unit_of(seat: Seat) -> str:
    """Where somebody who sits there comes from: institution and department, or the organisation outside."""
    if seat.membership is None:
        return seat.organisation
    place, unit = seat.membership.institution, seat.membership.department
    return " ".join(filter(None, (place.short_name if place else "", unit.name if unit else "")))


def _points(meeting: Meeting) -> list[Part]:
    return [
        Part(f"{number}. {one.title}", "\n".join(filter(None, (one.text, one.said))))
        for number, one in enumerate(meeting.agenda.all(), start=1)
    ]


def _resolutions(meeting: Meeting) -> Part:
    rows = list(
        Resolution.objects.filter(meeting=meeting).select_related(
            "owner__user", "institution", "department", "approval"
        )
    )
    votes, papers, known = _votes(rows), _papers(rows), calendar.calendar()
    shown = tuple(
        (
            str(row.number), row.text, str(row.get_state_display()),
            papers.get(row.approval_id or 0) or votes.get(row.approval_id or 0, words.DASH), who(row),
            moved.day(row.due_on, known),
        )
        for row in rows
    )  # fmt: skip
    heads = (
        pgettext("row", "number"), pgettext("resolution", "resolution"), _("state"),
        pgettext("resolution", "votes"), pgettext("task", "done by"), pgettext("task", "due on"),
    )  # fmt: skip
    heading = pgettext("minutes", "Decided")
    text = "" if rows else pgettext("minutes", "Nothing was decided.")
    return Part(heading, text, Table(heads, shown) if rows else None)


def who(row: Resolution) -> str:
    """Who does it."""
    if row.owner is not None:
        return str(row.owner.user)
    names = (
        row.institution.short_name if row.institution else "",
        row.department.name if row.department else "",
    )
    return " ".join(filter(None, names)) or words.DASH


def _votes(rows: list[Resolution]) -> Mapping[int, str]:
    """Verdicts counted, by approval; one query."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    given = Decision.objects.filter(approval__in=[row.approval_id for row in rows if row.approval_id])
    for approval, verdict in given.values_list("approval", "verdict"):
        counted[approval][verdict] += 1
    return {
        approval: _("%(yes)d for, %(no)d against, %(recused)d recused") % {
            "yes": found["yes"], "no": found["no"], "recused": found["recused"],
        }
        for approval, found in counted.items()
    }  # fmt: skip


def _papers(rows: list[Resolution]) -> Mapping[int, str]:
    """Numbers of the documents that decided, by approval; one query."""
    found = OutsideDecision.objects.filter(
        approval__in=[row.approval_id for row in rows if row.approval_id], correct=True
    )
    return {one.approval_id: f"{one.document} ({one.decided_on.isoformat()})" for one in found}
