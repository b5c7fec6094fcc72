"""What the pages about persons of joint projects show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.joint import facts, tables
from alliance.joint.forms import common
from alliance.joint.forms import persons as forms
from alliance.joint.models import Enrolment, Milestone
from alliance.lib.identity import mask_id, mask_name, mask_phone
from alliance.models import Membership
from alliance.web import parts, words

VIEWS = ("todo", "late", "done", "all")


def views(membership: Membership, today: date) -> dict[str, QuerySet[Milestone]]:
    """The saved views of the list of steps: to do at the own door, late, done, all."""
    seen = Milestone.objects.visible_to(membership)
    open_ = seen.filter(state=Milestone.State.OPEN, enrolment__state=Enrolment.State.ACTIVE)
    here = membership.institution_id
    return {
        "todo": open_ if here is None else open_.filter(at=here),
        "late": open_.filter(due_on__lt=today),
        "done": seen.filter(state=Milestone.State.DONE).order_by("-done_on", "-pk"),
        "all": seen.exclude(state=Milestone.State.DROPPED).order_by("-due_on", "-pk"),
    }


def view_links(view: str, membership: Membership) -> list[parts.Tab]:
    """The saved views as links."""
    own = _("at our door") if membership.institution_id else _("to do")
    labels = {"todo": own, "late": _("late at either side"), "done": _("done"), "all": _("all steps")}
    return [parts.Tab(labels[name], f"{reverse('joint')}?view={name}", name == view) for name in VIEWS]


def with_counts(rows: QuerySet[Enrolment], today: date) -> QuerySet[Enrolment]:
    """Persons with the numbers of their steps."""
    kept = ~Q(milestones__state=Milestone.State.DROPPED)
    open_late = Q(milestones__state=Milestone.State.OPEN, milestones__due_on__lt=today)
    return rows.annotate(
        steps=Count("milestones", filter=kept),
        finished=Count("milestones", filter=Q(milestones__state=Milestone.State.DONE)),
        late=Count("milestones", filter=open_late),
    )


def person_page(row: Enrolment, membership: Membership, today: date, **given: Any) -> dict[str, Any]:
    """One person: who, by whom, every step with what may be done now. `given`: forms that were refused."""
    side = row.side_of(membership)
    works = bool(side) and membership.can("joint.enrol")
    steps = list(row.milestones.select_related("at", "done_by", "enrolment", "recorded_by__user"))
    late = sum(one.state == Milestone.State.OPEN and one.due_on < today for one in steps)
    return {
        "title": row.person.name if side else str(row.person), "row": row,
        "chip": tables.person_chip(row, late), "facts_person": person_facts(row, known=bool(side)),
        "steps": [
            (one, tables.step_chip(one, today), step_actions(one, row, works, side, today, given))
            for one in steps
        ],
        "actions": person_actions(row, membership, given) if works else [],
        "history": parts.history(row),
    }  # fmt: skip


def person_facts(row: Enrolment, *, known: bool) -> list[parts.Fact]:
    """Who, where, since when; numbers masked, the name whole for the two sides only."""
    person = row.person
    found = [
        parts.Fact(_("patient"), person.name if known else mask_name(person.name)),
        parts.Fact(_("ID number"), mask_id(person.id_number) if person.id_number else words.DASH),
        parts.Fact(_("phone"), mask_phone(person.phone) if person.phone else words.DASH),
        parts.Fact(_("joint project"), row.project.name, reverse("joint-project", args=[row.project_id])),
        parts.Fact(_("day of the first diagnosis"), f"{row.first_day:%Y-%m-%d}"),
        parts.Fact(_("hospital"), _side(row.hospital, row.hospital_department, row.hospital_doctor)),
        parts.Fact(_("primary institution"), _side(row.primary, row.primary_department, row.primary_doctor)),
    ]
    if row.withdrawn_on:
        found.append(parts.Fact(_("left the project on"), f"{row.withdrawn_on:%Y-%m-%d}"))
        found.append(parts.Fact(_("reason"), f"{row.get_reason_display()}: {row.why}"))
    return found


def _side(place: Any, department: Any, doctor: Any) -> str:
    doctor_named = doctor.name if doctor else _("no doctor named yet")
    return " · ".join(filter(None, (place.name, department.name if department else "", doctor_named)))


def step_actions(
    one: Milestone, row: Enrolment, works: bool, side: str, today: date, given: dict[str, Any]
) -> list[parts.Action]:
    """Record the step, or put a wrong record right: only at the own door."""
    if not works or one.side != side:
        return []
    query = f"?version={one.version}"
    if one.state == Milestone.State.OPEN:
        form = given.get(f"finish-{one.pk}") or forms.FinishForm(milestone=one, today=today)
        address = reverse("joint-step", args=[one.pk, "finish"]) + query
        return [parts.Action(_("Record…"), address, "check", form=form)]
    if one.state == Milestone.State.DONE:
        form = given.get(f"reopen-{one.pk}") or common.WhyForm(auto_id=f"reopen-{one.pk}-%s")
        address = reverse("joint-step", args=[one.pk, "reopen"]) + query
        return [parts.Action(_("Recorded wrongly…"), address, "undo", form=form)]
    return []


def person_actions(row: Enrolment, membership: Membership, given: dict[str, Any]) -> list[parts.Action]:
    """Name the own doctor; the person leaves."""
    if row.state != Enrolment.State.ACTIVE:
        return []
    assert membership.institution_id is not None
    query = f"?version={row.version}"
    doctor = given.get("doctor") or forms.DoctorForm(here=membership.institution_id, auto_id="doctor-%s")
    leave = given.get("withdraw") or forms.WithdrawForm(auto_id="withdraw-%s")
    address = [reverse("joint-person-act", args=[row.pk, step]) + query for step in ("doctor", "withdraw")]
    return [
        parts.Action(_("Name our doctor…"), address[0], "users", form=doctor),
        parts.Action(_("The person leaves…"), address[1], "x", form=leave),
    ]


def heads() -> list[str]:
    """Headings of the exported steps."""
    return [
        _("joint project"), _("patient"), _("day of the first diagnosis"), _("hospital"),
        _("primary institution"), _("milestone"), _("at whose door"), _("due"), _("state"), _("done on"),
        _("done by"), _("done in time"), _("number of the record"),
    ]  # fmt: skip


def cells(rows: list[Milestone]) -> Iterator[list[Any]]:
    """Exported steps: names masked; the record's number leads back to its row."""
    for row in rows:
        of, done = row.enrolment, row.done_on
        in_time = "" if done is None else (_("yes") if done <= row.due_on else _("no"))
        yield [
            of.project.name, mask_name(of.person.name), of.first_day, of.hospital.name, of.primary.name,
            row.name, row.at.name, row.due_on, str(row.get_state_display()), done,
            row.done_by.name if row.done_by else "", in_time, f"{facts.KIND}:{row.pk}",
        ]  # fmt: skip
