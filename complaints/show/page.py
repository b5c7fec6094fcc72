"""The page of one complaint: the clocks, what was said, what to do next, who is on it, the way it went."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.identity import mask_name, mask_phone
from alliance.lib.workdays import SHANGHAI, working_day_number
from alliance.models import Membership
from alliance.services import calendar
from alliance.web import parts, words
from complaints import machine, tables
from complaints.categories import words as kind_words
from complaints.forms.staff import STEP_FORMS
from complaints.models import Addition, Complaint, Escalation
from complaints.services import attaching, merging
from complaints.show.steps import stamped

LATELY = timedelta(days=30)
UNENDED = (*Complaint.LIVE, Complaint.State.RESOLVED)
# What is no step of the machine: right, states in which it is open, words, icon.
OTHERS = (
    ("triage", machine.HANDLE, Complaint.LIVE, lambda: _("Say what it is about…"), "adjust"),
    ("assign", machine.HANDLE, Complaint.LIVE, lambda: _("Other departments…"), "users"),
    ("escalate", machine.ANSWER, Complaint.LIVE, lambda: _("Take it one level up…"), "up"),
    ("add", machine.ENTER, UNENDED, lambda: _("Take an addition down…"), "plus"),
)  # fmt: skip


def page(row: Complaint, membership: Membership, now: datetime) -> dict[str, Any]:
    """Everything of the page; a name only masked, and only to who may open it."""
    office = bool(row.sides_of(membership) & {"institution", "alliance"})
    deeds = list(actions(row, membership))
    first = next((one for one in deeds if one.id in ("act-answer", "act-resolve")), None)
    return {
        "title": row.short, "complaint": row, "chip": tables.state_chip(row, now), "now": now,
        "category": kind_words(row.category), "clocks": clocks(row, now), "similar": similar(row, membership),
        "first": first, "first_title": first.label.rstrip("…") if first else "",
        "actions": [one for one in deeds if one is not first],
        "answers": list(row.answers.select_related("by__user")), "additions": additions(row),
        "files": files(row), "trail": trail(row, now),
        "who": who(row, office and membership.can(machine.REVEAL)),
        "merged": merging.duplicates_of(row), "into": row.merged_into,
        "reveal": _reveal(row, membership) if office else None,
    }  # fmt: skip


def clocks(row: Complaint, now: datetime) -> list[dict[str, Any]]:
    """The two clocks: what is left or when it was kept, how much of the time is gone, until when."""
    first = {
        "label": _("First answer"), "due": row.first_due_at, "done": row.first_answered_at,
        "share": _gone(row.received_at, row.first_due_at, row.first_answered_at or now), "detail": "",
        "kept": row.first_answered_at is None or row.first_answered_at <= row.first_due_at,
        "missed": row.ended_late[0],
    }  # fmt: skip
    result = {
        "label": _("Result"), "due": row.result_due_at, "done": row.resolved_at,
        "share": _gone(row.result_from, row.result_due_at, row.resolved_at or now), "detail": _day(row, now),
        "kept": row.resolved_at is None or row.resolved_at <= row.result_due_at,
        "provisional": row.provisional, "missed": row.ended_late[1],
        "stated": row.result_stated_at if row.result_stated_at != row.result_due_at else None,
    }  # fmt: skip
    return [first, result]


def _gone(start: datetime, due: datetime, at: datetime) -> Fraction:
    whole = max(int((due - start).total_seconds()), 1)
    return Fraction(max(int((at - start).total_seconds()), 0), whole) * 100


def _day(row: Complaint, now: datetime) -> str:
    """Which working day of how many today is."""
    if not row.result_rule.startswith("WD") or row.resolved_at or row.state in Complaint.ENDED:
        return ""
    today = now.astimezone(SHANGHAI).date()
    number = working_day_number(row.result_from, today, calendar.calendar())
    return _("working day %(n)d of %(of)s") % {"n": number, "of": row.result_rule[2:]}


def similar(row: Complaint, membership: Membership) -> dict[str, Any]:
    """How many of the same kind about the same institution came in the 30 days before, this one included."""
    since = row.received_at - LATELY
    rows = Complaint.objects.visible_to(membership).counted().filter(
        institution=row.institution_id, category=row.category, received_at__gt=since,
        received_at__lte=row.received_at,
    )  # fmt: skip
    query = f"?view=all&category={row.category}&institution={row.institution_id}"
    return {"count": rows.count(), "url": f"{reverse('complaints')}{query}"}


def actions(row: Complaint, membership: Membership) -> Any:
    today = timezone.localdate()
    taken = set()
    for step in row.steps_for(membership):
        taken.add(step.name)
        yield parts.Action(
            str(step.custom["label"]), act_url(row, step.name), step.custom["icon"],
            form=form_of(row, step.name, today), id=f"act-{step.name}",
        )  # fmt: skip
    for name, right, states, label, icon in OTHERS:
        if name in taken or row.state not in states or not membership.can(right):
            continue
        if right == machine.HANDLE and "department" in row.sides_of(membership):
            continue
        yield parts.Action(
            label(), act_url(row, name), icon, form=form_of(row, name, today), id=f"act-{name}"
        )


def _reveal(row: Complaint, membership: Membership) -> parts.Action | None:
    if row.anonymous or not (row.name or row.phone) or not membership.can(machine.REVEAL):
        return None
    form = form_of(row, "reveal", timezone.localdate())
    return parts.Action(_("Open the name…"), act_url(row, "reveal"), "eye", form=form, id="act-reveal")


def form_of(row: Complaint, step: str, today: date, data: Any = None) -> Any:
    """The form of a step."""
    return STEP_FORMS[step](data, complaint=row, today=today, auto_id=f"{step}-%s")


def act_url(row: Complaint, step: str) -> str:
    """Where a step is posted, with the version the page was read at."""
    return f"{reverse('complaint-act', args=[row.pk, step])}?version={row.version}"


def additions(row: Complaint) -> list[Addition]:
    """What was said later, of what was merged into it too: who answers one answers all."""
    rows = Addition.objects.filter(Q(complaint=row) | Q(complaint__merged_into=row))
    return list(rows.select_related("complaint").order_by("at", "pk"))


def files(row: Complaint) -> list[parts.Fact]:
    """What the person sent; in place of what is held back why, without its name."""
    found = row.files.select_related("attachment").filter(attachment__deleted_at=None)
    return [
        parts.Fact(str(attaching.HELD_BACK), words.moment(one.at))
        if attaching.held_back(one.attachment, nameless=row.anonymous)
        else parts.Fact(
            one.attachment.shown_name, words.moment(one.at), reverse("complaint-file", args=[row.pk, one.pk])
        )
        for one in found
    ]


def who(row: Complaint, named: bool) -> list[parts.Fact]:
    """Who answers, who else is concerned, with whom it stands, who complained."""
    names = [one.department.name for one in row.concerned.select_related("department")]
    lead = row.department.name if row.department else _("not given to a department yet")
    others = [name for name in names if row.department is None or name != row.department.name]
    person = _("anonymous, cannot be found out") if row.anonymous else _("named, sealed")
    if named and not row.anonymous:
        masked = (mask_name(row.name or ""), mask_phone(row.phone) if row.phone else "")
        person = " ".join(filter(None, masked)) or person
    facts = [
        parts.Fact(pgettext("complaint", "Answers"), lead),
        parts.Fact(_("Also concerned"), _(", ").join(others)),
        parts.Fact(_("Stands with"), str(row.get_level_display())),
        parts.Fact(pgettext("complaint", "Person"), person),
        parts.Fact(_("Who speaks"), str(row.get_filer_display())),
        parts.Fact(pgettext("complaint", "Order"), row.order_number),
        parts.Fact(_("Taken down by"), str(row.entered_by.user) if row.entered_by else ""),
    ]  # fmt: skip
    return [fact for fact in facts if fact.value]


NAMES = {
    "file": lambda: _("Received"), "assign": lambda: _("Given to a department"),
    "hand_over": lambda: _("Departments changed"), "answer": lambda: _("First answer given"),
    "resolve": lambda: _("Result given"), "close": lambda: _("Closed"), "reopen": lambda: _("Opened again"),
    "restore": lambda: _("Opened again"), "withdraw": lambda: _("Withdrawn"), "merge": lambda: _("Merged"),
    "part": lambda: _("Goes its own way again"), "separate": lambda: _("Goes its own way again"),
    "settle": lambda: _("The person says that the answer solved it"),
}  # fmt: skip


NOTED = {
    "close": lambda: _("Closed: staff noted that it is solved"),
    "withdraw": lambda: _("Staff noted that it is withdrawn"),
}  # fmt: skip


def trail(row: Complaint, now: datetime) -> list[parts.Step]:
    """Steps and escalations in the order of time, newest first; what it waits for on top."""
    found = [_step(step, at) for step, at in stamped(row)]
    found += [_up(one) for one in row.escalations.select_related("by__user")]
    found.sort(key=lambda step: step.at or now, reverse=True)
    if row.clock is not None:
        label = _("Waiting for the first answer") if row.clock[0] == "first" else _("Waiting for the result")
        found.insert(0, parts.Step("wait", label, detail=words.until(row.clock[1])))
    elif row.state == Complaint.State.RESOLVED:
        found.insert(0, parts.Step("wait", _("The person is asked whether it is really solved")))
    return found


def _step(step: Any, at: datetime) -> parts.Step:
    title = NAMES[step.name]() if step.name in NAMES else step.name
    if step.by is not None and step.name in NOTED:
        title = NOTED[step.name]()
    own = ("file", "reopen", "restore", "withdraw", "part", "separate", "settle")
    by_oneself = step.by is None and step.name in own
    person = _("the person") if by_oneself else ""
    by = str(step.by.user) if step.by else person
    return parts.Step("yes", title, detail=step.note, at=at, by=by)


def _up(one: Escalation) -> parts.Step:
    """A step up: to which level and whom, of which clock, before or after which limit."""
    title = _("Went up to: %(level)s") % {"level": one.get_level_display()}
    clock = " ".join(filter(None, (str(one.get_clock_display()), str(one.get_when_display()))))
    limit = _("limit %(at)s") % {"at": words.until(one.due_at)}
    told = _("told: %(names)s") % {"names": one.told} if one.told else ""
    why = " · ".join(filter(None, (one.reason or clock, limit, told)))
    return parts.Step("hit", title, detail=why, at=one.at, by=str(one.by.user) if one.by else _("the clock"))
