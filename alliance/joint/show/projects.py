"""What the pages about joint projects and their completion show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.joint import facts, services, tables
from alliance.joint.forms import common
from alliance.joint.forms.projects import parameter_word
from alliance.joint.models import Enrolment, Project, Step
from alliance.joint.show.common import tabs
from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership, Staff
from alliance.web import parts, words


def project_page(project: Project, membership: Membership, today: date) -> dict[str, Any]:
    """One project: its steps by the day they hold from, how far the member's persons are."""
    own = project.enrolments.visible_to(membership)
    plans = membership.can("joint.plan")
    return {
        "title": project.name, "project": project, "chip": tables.project_chip(project),
        "sets": step_sets(list(project.steps.all()), today), "plans": plans,
        "enrols": project.state == Project.State.OPEN and membership.can("joint.enrol")
        and membership.institution_id is not None,
        "figs": [
            parts.Fig(_("persons in care"), words.num(own.filter(state=Enrolment.State.ACTIVE).count())),
            parts.Fig(_("left the project"), words.num(own.filter(state=Enrolment.State.WITHDRAWN).count())),
        ],
        "actions": end_action(project) if plans and project.state == Project.State.OPEN else [],
        "history": parts.history(project),
    }  # fmt: skip


def end_action(project: Project) -> list[parts.Action]:
    """End the project."""
    address = f"{reverse('joint-project-end', args=[project.pk])}?version={project.version}"
    return [parts.Action(_("End the project…"), address, "x", form=common.WhyForm(auto_id="end-%s"))]


def step_sets(steps: Sequence[Step], today: date) -> list[tuple[date, list[tuple[Step, str]]]]:
    """Steps by the day they hold from, the latest first; days in words."""
    newest = sorted(steps, key=lambda one: (-one.from_day.toordinal(), one.number))
    return [
        (day, [(one, days_word(one, today)) for one in rows])
        for day, rows in groupby(newest, key=lambda one: one.from_day)
    ]


def days_word(step: Step, today: date) -> str:
    """30 days, with the parameter that says them."""
    said = tables.days(services.days_of(step, max(step.from_day, today)))
    return said if step.days is not None else f"{said} · {parameter_word(step.parameter)}"


# Completion ------------------------------------------------------------------------
def rates_page(
    rows: list[facts.JointFact], month: Month, membership: Membership, today: date
) -> dict[str, Any]:
    """Completion of a month: of all, by project and institution, by department and doctor."""
    whole = facts.completion(rows)
    return {
        "title": _("Completion of joint projects"), "month": month, "tabs": tabs(membership, "joint-rates"),
        "running": month.last_day >= today, "figs": figs(whole), "formula": formula(whole, month),
        "pairs": by_institution(rows, month), "doctors": by_doctor(rows),
        "before": month.plus(-1), "after": month.plus(1),
    }  # fmt: skip


def figs(whole: facts.Completion) -> list[parts.Fig]:
    """The month in four figures."""
    missed = whole.due - whole.done
    return [
        parts.Fig(_("completion in time"), words.pct(whole.rate)),
        parts.Fig(_("steps due"), words.num(whole.due)),
        parts.Fig(_("done late"), words.num(whole.done - whole.in_time)),
        parts.Fig(_("not done"), words.num(missed), bad=bool(missed)),
    ]


def formula(whole: facts.Completion, month: Month) -> list[parts.FormulaLine]:
    """Steps done in time divided by steps due."""
    terms = [
        parts.Term(words.num(whole.in_time), _("steps done by their due day")),
        parts.Term(words.num(whole.due), _("steps due"), _steps(month), "÷"),
    ]
    result = words.pct(whole.rate) if whole.due else _("not assessed")
    return [parts.FormulaLine(_("completion in time"), terms, result, total=True)]


def by_institution(rows: list[facts.JointFact], month: Month) -> list[dict[str, Any]]:
    """Each institution in each project, both sides credited the same."""
    parts_ = facts.completion_by(rows, lambda one: (one.project_id, one.institution_id, one.side))
    places = Institution.objects.in_bulk({place for _project, place, _side in parts_})
    names = Project.objects.in_bulk({project for project, _place, _side in parts_})
    return [
        {
            "project": names[project].name, "place": places[place].name, "side": side, "sum": done,
            "percent": None if done.rate is None else done.rate * 100,
            "url": _steps(month, project=project, place=place),
        }
        for (project, place, side), done in parts_.items()
    ]  # fmt: skip


def by_doctor(rows: list[facts.JointFact]) -> list[dict[str, Any]]:
    """Each doctor of each department, over all projects."""
    parts_ = facts.completion_by(rows, lambda one: (one.institution_id, one.department_id, one.staff_id))
    places = Institution.objects.in_bulk({place for place, _d, _s in parts_})
    units = Department.objects.in_bulk({unit for _p, unit, _s in parts_ if unit})
    doctors = Staff.objects.in_bulk({who for _p, _d, who in parts_ if who})
    found = [
        {
            "place": places[place].short_name, "unit": units[unit].name if unit else "",
            "doctor": doctors[who].name if who else _("no doctor named yet"), "sum": done,
        }
        for (place, unit, who), done in parts_.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one["place"], one["unit"], one["doctor"]))


def _steps(month: Month, **conditions: int) -> str:
    return f"{reverse('joint')}?{urlencode({'view': 'all', 'month': month, **conditions})}"
