"""What the public pages show: who sees the name, in so many words; the institutions; the limits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alliance.models import Alliance, Institution
from alliance.roles import roles
from alliance.services import calendar, parameters
from alliance.web import words
from alliance.web.context import name_of
from complaints import machine
from complaints.models import Report


def frame(alliance: Alliance, language: str) -> dict[str, Any]:
    """What the base of every public page needs."""
    return {"alliance_name": name_of(alliance), "code": alliance.code, "language": language}


def choose(alliance: Alliance, language: str) -> dict[str, Any]:
    """The institutions, village rooms below their township."""
    places = list(Institution.objects.filter(is_active=True).select_related("parent"))
    tops = [one for one in places if one.parent_id is None or one.kind != Institution.Kind.VILLAGE]
    groups = [(top, [one for one in places if one.parent_id == top.pk]) for top in tops]
    return {**frame(alliance, language), "groups": groups}


def complain(
    alliance: Alliance, about: Institution, form: Any, language: str, now: datetime
) -> dict[str, Any]:
    """The form of one institution, with its limits and exactly who sees the name."""
    return {
        **frame(alliance, language), "place": about, "form": form, "limits": limits(now),
        "who_sees": who_sees(), "who_reads": who_reads(),
    }  # fmt: skip


def limits(now: datetime) -> dict[str, str]:
    """The two limits of a complaint filed now."""
    on = now.astimezone().date()
    first = calendar.deadline(now, parameters.rule_in_force("qe.complaint_reply", on=on))
    result = calendar.deadline(now, parameters.rule_in_force("complaint.result", on=on))
    return {"first": words.until(first.due_at), "result": words.until(result.due_at)}


def who_sees() -> str:
    """The roles that may open a name, from the roles themselves: the page cannot promise what is not so."""
    named = [role.name for role in roles().values() if machine.REVEAL in role.may]
    return _(", ").join(named)


def who_reads() -> str:
    """The roles that read what happened, each within its own right, from the roles themselves."""
    return _(", ").join(role.name for role in roles().values() if machine.VIEW in role.may)


def report(alliance: Alliance, form: Any, language: str, now: datetime) -> dict[str, Any]:
    """The form of the sealed box, and who may open it."""
    openers = [role.name for role in roles().values() if machine.BOX in role.may]
    return {**frame(alliance, language), "form": form, "openers": _(", ").join(openers)}


def reported(alliance: Alliance, row: Report, form: Any, language: str) -> dict[str, Any]:
    """The private page of a report."""
    ended = row.state in (Report.State.REFUSED, Report.State.FINISHED)
    return {
        **frame(alliance, language), "report": row, "form": None if ended else form,
        "due": words.until(row.due_at) if row.state == Report.State.RECEIVED else "",
    }  # fmt: skip
