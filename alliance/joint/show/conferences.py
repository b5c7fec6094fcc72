"""What the pages about case conferences and research show."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.joint import conference_tables as tables
from alliance.joint import facts
from alliance.joint.forms import common
from alliance.joint.forms import conferences as forms
from alliance.joint.models import Conference, Research, takes_part
from alliance.joint.show.common import tabs
from alliance.lib.period import Quarter
from alliance.models import Membership
from alliance.web import parts, words


def may_read(row: Conference, membership: Membership) -> bool:
    """Cases, minutes and papers: for institutions with a doctor in it, and its host."""
    if membership.institution_id is None:
        return False
    return bool(Conference.objects.filter(takes_part(membership), pk=row.pk).exists())


def conference_page(row: Conference, membership: Membership, today: date, **given: Any) -> dict[str, Any]:
    """One conference: who takes part (the own staff; all for host and offices), cases for those in it."""
    here, planned = membership.institution_id, row.state == Conference.State.PLANNED
    hosts = here == row.host_id and membership.can("joint.host")
    enters = planned and here is not None and membership.can("joint.attend")
    inside = may_read(row, membership)
    people = row.participants.select_related("staff__department", "institution")
    shown = people if here in (None, row.host_id) else people.filter(institution=here)
    return {
        "title": row.topic, "conference": row, "chip": tables.state_chip(row), "here": here,
        "facts_conference": conference_facts(row), "people": list(shown), "figs": conference_figs(row),
        "inside": inside, "minutes": row.minutes if inside or here is None else "",
        "cases": list(row.cases.select_related("institution", "person")) if inside else [],
        "papers": list(row.papers.select_related("file")) if inside else [],
        "present": given.get("present") or (enters and _present(row, here)),
        "question": given.get("question") or (enters and forms.QuestionForm(auto_id="case-%s")),
        "paper": given.get("paper") or (hosts and forms.PaperForm(auto_id="paper-%s")),
        "actions": host_actions(row, today, given) if hosts and planned else [],
        "may_void": enters, "history": parts.history(row),
    }  # fmt: skip


def _present(row: Conference, here: int | None) -> forms.PresentForm:
    assert here is not None
    return forms.PresentForm(conference=row, here=here, auto_id="present-%s")


def host_actions(row: Conference, today: date, given: dict[str, Any]) -> list[parts.Action]:
    """Held with its minutes, or cancelled."""
    address = [
        f"{reverse('joint-conference-act', args=[row.pk, step])}?version={row.version}"
        for step in ("hold", "cancel")
    ]
    held = given.get("hold") or forms.HoldForm(auto_id="hold-%s", initial={"held_on": today})
    why = given.get("cancel") or common.WhyForm(auto_id="cancel-%s")
    return [
        parts.Action(_("It was held…"), address[0], "ok", form=held),
        parts.Action(_("Cancel the conference…"), address[1], "x", form=why),
    ]


def conference_facts(row: Conference) -> list[parts.Fact]:
    """Host, time, place."""
    found = [
        parts.Fact(_("host"), row.host.name),
        parts.Fact(_("begins"), words.moment(row.starts_at)),
        parts.Fact(_("place or link"), row.place),
        parts.Fact(_("held on"), f"{row.held_on:%Y-%m-%d}" if row.held_on else ""),
        parts.Fact(_("why"), row.why),
    ]
    return [one for one in found if one.value]


def conference_figs(row: Conference) -> list[parts.Fig]:
    """Persons, institutions, cases."""
    houses = list(row.participants.filter(voided_at=None).values_list("institution", flat=True))
    cases = row.cases.filter(voided_at=None).count()
    return [
        parts.Fig(_("took part"), words.num(len(houses))),
        parts.Fig(_("institutions"), words.num(len(set(houses)))),
        parts.Fig(_("cases discussed"), words.num(cases)),
    ]


# The quarter -----------------------------------------------------------------------
def quarter_page(
    rows: list[facts.ConferenceFact], quarter: Quarter, membership: Membership
) -> dict[str, Any]:
    """Who held or joined how many conferences in the quarter, and who has none yet."""
    here = membership.institution_id
    seen = [one for one in rows if here in (None, one.institution_id)]
    missing = [one for one in seen if one.missing]
    held = {pk for one in rows for pk in one.hosted_ids} if here is None else None
    return {
        "title": _("Case conferences of the quarter"), "quarter": quarter, "rows": seen,
        "tabs": tabs(membership, "joint-conferences"),
        "before": _beside(quarter, -1), "after": _beside(quarter, 1),
        "figs": [
            parts.Fig(_("conferences held"), words.num(len(held))) if held is not None
            else parts.Fig(_("hosted by us"), words.num(sum(len(one.hosted_ids) for one in seen))),
            parts.Fig(_("institutions with none yet"), words.num(len(missing)), bad=bool(missing)),
        ],
    }  # fmt: skip


def _beside(quarter: Quarter, step: int) -> Quarter:
    return quarter.months[0].plus(3 * step).quarter


# Research --------------------------------------------------------------------------
def study_page(row: Research, membership: Membership, today: date, form: Any = None) -> dict[str, Any]:
    """One research project."""
    partners = [one.institution.name for one in row.partners.select_related("institution")]
    found = [
        parts.Fact(_("project number"), row.number), parts.Fact(_("funded by"), row.funded_by),
        parts.Fact(_("leading institution"), row.institution.name), parts.Fact(_("leader"), row.leader.name),
        parts.Fact(_("partner institutions"), "、".join(partners)),
        parts.Fact(_("from, to"), f"{row.first_day} – {row.last_day}"),
        parts.Fact(_("ended on"), f"{row.ended_on}" if row.ended_on else ""),
        parts.Fact(_("result"), row.result),
    ]  # fmt: skip
    own = membership.institution_id == row.institution_id and membership.can("joint.host")
    actions = []
    if own and row.state == Research.State.RUNNING:
        address = f"{reverse('joint-study-end', args=[row.pk])}?version={row.version}"
        ends = form or forms.EndStudyForm(auto_id="end-%s", today=today)
        actions = [parts.Action(_("It has ended…"), address, "check", form=ends)]
    return {
        "title": row.title, "chip": tables.state_chip(row), "actions": actions,
        "facts_study": [one for one in found if one.value], "history": parts.history(row),
    }  # fmt: skip
