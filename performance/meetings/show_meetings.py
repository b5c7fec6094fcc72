"""What the page of a meeting shows: agenda, attendance, resolutions, minutes, what the member may do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.approvals import facts as approved
from alliance.approvals.models import Approval, Decision
from alliance.models import Membership
from alliance.services import calendar
from alliance.web import parts, words
from alliance.web.access import way
from alliance.web.cells import chip
from performance.meetings import forms, minutes, moved, show_checking, tables
from performance.meetings.models import VIEW, AgendaItem, Attendance, Meeting, Minutes, Resolution, Task
from performance.meetings.services import minuting
from performance.meetings.services.meetings import quorum
from performance.models import Clue

RESOLUTION_CHIP = {"draft": "", "put": "prov", "carried": "ok", "lost": "late"}


def page(meeting: Meeting, membership: Membership, given: Mapping[str, Any]) -> dict[str, Any]:
    """One meeting; a number of queries that does not grow with its rows."""
    desk = "desk" in meeting.sides_of(membership)
    attendance = list(
        Attendance.objects.filter(meeting=meeting).select_related(
            "seat__membership__institution", "seat__membership__department"
        )
    )
    versions = list(
        Minutes.objects.filter(meeting=meeting).select_related(
            "written_by__user", "chair__user", "secretary__user", "corrects"
        )
    )
    points = _points(meeting, membership, given, desk=desk)
    stands = next((one for one in versions if one.signed), None)
    have, of, need = quorum(meeting, attendance)
    came = any(
        one.seat.user_id == membership.user_id and one.presence == Attendance.Presence.PRESENT
        for one in attendance
    )
    return {
        "title": meeting.title, "meeting": meeting, "chip": tables.meeting_chip(meeting), "desk": desk,
        "facts_meeting": facts(meeting, membership), "looks": membership.can(VIEW),
        "history": parts.history(meeting),
        "points": points, "sources": sources(points),
        "attendance": [(one, minutes.unit_of(one.seat), chip_of(one)) for one in attendance],
        "quorum": {"have": have, "of": of, "need": need, "reached": have >= need},
        "resolutions": _resolutions(meeting, membership, given, desk=desk, came=came),
        "versions": [(one, _standing(one, stands)) for one in versions],
        "actions": actions(meeting, membership, given, attendance, desk=desk),
        "adding": _adding(meeting, membership, given, desk=desk),
        "signing": _signing(meeting, membership, versions),
        "checking": show_checking.block(meeting, membership),
    }  # fmt: skip


def chip_of(row: Attendance) -> Any:
    """Whether somebody came."""
    kinds = {"asked": "info", "present": "ok", "excused": "warn", "absent": "late"}
    return chip(kinds[row.presence], row.get_presence_display())


def facts(meeting: Meeting, membership: Membership) -> list[parts.Fact]:
    """When, where, about what."""
    found = [
        parts.Fact(_("body"), meeting.body.title, way(membership, "body", meeting.body_id)),
        parts.Fact(_("kind"), str(meeting.get_kind_display())),
        parts.Fact(_("month"), words.month(meeting.month)),
        parts.Fact(pgettext("meeting", "begins"), words.moment(meeting.begins_at)),
        parts.Fact(pgettext("meeting", "place"), meeting.place),
    ]  # fmt: skip
    if meeting.due_on is not None:
        found.append(parts.Fact(pgettext("meeting", "due by"), words.day(meeting.due_on)))
    return [*found, parts.Fact(pgettext("meeting", "planned by"), str(meeting.planned_by.user))]


def _points(
    meeting: Meeting, membership: Membership, given: Mapping[str, Any], *, desk: bool
) -> list[dict[str, Any]]:
    rows = list(meeting.agenda.all())
    found = seen(rows, membership)
    return [
        _point(one, meeting, given, url=_opens(one, membership) if one.pk in found else "", desk=desk)
        for one in rows
    ]


def sources(points: Sequence[Mapping[str, Any]]) -> str:
    """How many points each source brought, the most first: what makes a long agenda long."""
    counts = Counter(str(one["row"].get_source_display()) for one in points)
    return " · ".join(f"{name} {n}" for name, n in counts.most_common())


def seen(rows: Sequence[AgendaItem], membership: Membership) -> set[int]:
    """Points whose row the member finds behind their link: a body reads of institutions, tasks and clues
    whose pages are not open to every seat (second wall). One query a kind of page.
    """
    of: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for one in rows:
        of[one.page][one.arguments[-1] if one.arguments else ""].append(one.pk)
    allowed: dict[str, set[str]] = {page: set(named) for page, named in of.items()}
    for page, model in (("task", Task), ("clue", Clue)):
        if page in of:
            known = model.objects.seen_by(membership).filter(pk__in=[int(pk) for pk in of[page]])
            allowed[page] = {str(pk) for pk in known.values_list("pk", flat=True)}
    if (here := membership.institution) is not None and membership.institution_id is not None:
        allowed["month-portrait"] = allowed.get("month-portrait", set()) & {here.code}
        own = f"institution={here.pk}&"
        allowed["metrics"] = {asked for asked in allowed.get("metrics", set()) if own in f"{asked}&"}
    return {pk for page, named in of.items() for text, pks in named.items() if text in allowed[page]
            for pk in pks}  # fmt: skip


def _point(
    one: AgendaItem, meeting: Meeting, given: Mapping[str, Any], *, url: str, desk: bool
) -> dict[str, Any]:
    actions = []
    if desk and meeting.open:
        said = reverse("meeting-point", args=[meeting.pk, one.pk, "say"])
        form = given.get(f"said-{one.pk}") or forms.SaidForm(
            auto_id=f"said-{one.pk}-%s", initial={"said": one.said}
        )
        actions.append(parts.Action(_("What was said"), said, "msg", form=form))
        out = reverse("meeting-point", args=[meeting.pk, one.pk, "remove"])
        actions.append(parts.Action(_("Take out"), out, "x"))
    return {"row": one, "url": url, "actions": actions}


def _opens(one: AgendaItem, membership: Membership) -> str:
    """Where a point opens for the member; a question of its page stands last among its arguments."""
    plain = [text for text in one.arguments if not text.startswith("?")]
    url = way(membership, one.page, *plain) if one.page else ""
    asked = one.arguments[-1] if len(plain) < len(one.arguments) else ""
    return url + asked if url else ""


def _resolutions(
    meeting: Meeting, membership: Membership, given: Mapping[str, Any], *, desk: bool, came: bool
) -> list[dict[str, Any]]:
    rows = Resolution.objects.filter(meeting=meeting).select_related(
        "owner__user", "institution", "department", "point", "approval"
    )
    mine = Decision.objects.filter(approval__in=[row.approval_id for row in rows], user=membership.user_id)
    known = calendar.calendar()
    voted, found = set(mine.values_list("approval", flat=True)), []
    for row in rows:
        row.meeting = meeting
        # What was refused is said beside its form, also to who has none.
        votes = (came or f"vote-{row.pk}" in given) and row.approval_id not in voted
        actions = _vote(row, membership, given) if votes else []
        if desk and row.state == Resolution.State.DRAFT and meeting.state == Meeting.State.HELD:
            url = reverse("meeting-resolution", args=[meeting.pk, row.pk, "put"])
            actions.append(parts.Action(_("Put to the vote"), f"{url}?version={row.version}", "scale"))
            if row.approval_id is None:
                url = reverse("meeting-resolution", args=[meeting.pk, row.pk, "remove"])
                actions.append(parts.Action(_("Take out"), url, "x"))
        found.append({
            "row": row, "chip": chip(RESOLUTION_CHIP[row.state], row.get_state_display()),
            "who": minutes.who(row) if row.due_on else "", "due": moved.day(row.due_on, known),
            "actions": actions,
            "url": way(membership, "approval", row.approval_id) if row.approval_id else "",
        })  # fmt: skip
    return found


def _vote(row: Resolution, membership: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    """One's own vote, where the body is asked and the member sits in it today and came."""
    approval = row.approval
    if approval is None or approval.state != Approval.State.OPEN:
        return []
    if not approved.holds(membership, approval.current, approval.institution_id):
        return []
    form = given.get(f"vote-{row.pk}") or forms.VoteForm(auto_id=f"vote-{row.pk}-%s")
    url = reverse("meeting-vote", args=[row.meeting_id, row.pk])
    return [parts.Action(_("Vote…"), url, "scale", "primary", form=form)]


def _standing(one: Minutes, stands: Minutes | None) -> Any:
    """Whether a version is signed, replaced by the one that stands, or waits for its signatures."""
    if one.signed and stands is not None and one.number < stands.number:
        return chip("closed", _("replaced by version %(n)d") % {"n": stands.number})
    return chip("ok", pgettext("minutes", "signed")) if one.signed else ""


def _signing(meeting: Meeting, membership: Membership, versions: list[Minutes]) -> list[parts.Action]:
    """The button of chair or secretary on the newest version."""
    part = minuting.signs_as(membership, meeting, versions[0]) if versions else None
    if part is None:
        return []
    words_of = {"chair": _("Sign as chair"), "secretary": _("Sign as secretary")}
    url = reverse("minutes-sign", args=[meeting.pk, versions[0].number])
    return [parts.Action(words_of[part], url, "check", "primary")]


def _adding(
    meeting: Meeting, membership: Membership, given: Mapping[str, Any], *, desk: bool
) -> dict[str, list[parts.Action]]:
    """Forms that open in place: a point, a resolution."""
    found: dict[str, list[parts.Action]] = {"point": [], "resolution": []}
    if desk and meeting.open:
        form = given.get("point") or forms.PointForm(auto_id="point-%s")
        found["point"].append(
            parts.Action(_("Add a point"), reverse("meeting-point-add", args=[meeting.pk]), "plus", form=form)
        )
    if desk and meeting.state == Meeting.State.HELD:
        form = given.get("resolution") or forms.ResolveForm(
            by=membership, meeting=meeting, auto_id="resolution-%s"
        )
        url = reverse("meeting-resolve", args=[meeting.pk])
        found["resolution"].append(parts.Action(_("Write a resolution"), url, "plus", form=form))
    return found


def actions(
    meeting: Meeting, membership: Membership, given: Mapping[str, Any], attendance: list[Attendance], *,
    desk: bool,
) -> list[parts.Action]:  # fmt: skip
    """Fill, invite, record who came, write minutes, cancel."""
    if not desk:
        return []
    found = []
    if meeting.open:
        found.append(parts.Action(_("Fill the agenda from the month"), _act(meeting, "fill"), "refresh"))
    for step in meeting.steps_for(membership):
        url, label, icon = _act(meeting, step.name), str(step.custom["label"]), step.custom["icon"]
        if step.name in ("hold", "recount"):
            came = Attendance.Presence.PRESENT
            form = given.get("hold") or forms.PresenceForm(
                attendance=attendance, auto_id="hold-%s",
                initial={
                    f"presence_{row.pk}": came if step.name == "hold" else row.presence for row in attendance
                },
            )  # fmt: skip
            url = f"{reverse('meeting-held', args=[meeting.pk])}?version={meeting.version}"
            kind = "primary" if step.name == "hold" else ""
            found.append(parts.Action(label, url, icon, kind, form=form))
        elif step.name == "cancel":
            form = given.get("cancel") or forms.ReasonForm(auto_id="cancel-%s")
            found.append(parts.Action(label, url, icon, form=form))
        else:
            found.append(parts.Action(label, url, icon, "primary"))
    if meeting.state == Meeting.State.HELD:
        url = reverse("meeting-minutes", args=[meeting.pk])
        found.append(parts.Action(_("Write the minutes"), url, "file", "primary", get=True))
    elif meeting.state == Meeting.State.SIGNED:
        url = reverse("meeting-minutes", args=[meeting.pk])
        found.append(parts.Action(_("Correct the minutes"), url, "adjust", get=True))
    return found


def _act(meeting: Meeting, step: str) -> str:
    return f"{reverse('meeting-act', args=[meeting.pk, step])}?version={meeting.version}"
