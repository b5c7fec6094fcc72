"""What the pages of abnormal cases show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.period import Month
from alliance.models import Department, Membership
from alliance.web import parts, words
from alliance.web.access import way
from grouping.abnormal import facts, forms, services, tables
from grouping.abnormal.liaisons import Band, Unit
from grouping.abnormal.models import ANSWER, AbnormalReport

State = AbnormalReport.State


def by_department(membership: Membership, month: Month) -> list[dict[str, Any]]:
    """Counts of the month by department, those the member may see; two queries."""
    found = [
        one for one in facts.abnormal_facts(month) if membership.institution_id in (None, one.institution_id)
    ]
    named = Department.objects.select_related("institution").in_bulk([one.department_id for one in found])
    return [
        {
            "name": named[one.department_id].name if one.department_id in named else words.DASH,
            "place": named[one.department_id].institution.short_name if one.department_id in named else "",
            "fact": one,
        }
        for one in found
    ]


def page(row: AbnormalReport, membership: Membership, given: Mapping[str, Any]) -> dict[str, Any]:
    """One report."""
    return {
        "title": str(row.get_kind_display()), "row": row, "chip": tables.state_chip(row),
        "facts_row": details(row, membership), "actions": actions(row, membership, given),
        "history": parts.history(row),
    }  # fmt: skip


def details(row: AbnormalReport, membership: Membership) -> list[parts.Fact]:
    """Which case, who, until when, what followed."""
    found = [
        parts.Fact(_("record number"), row.case.record_no, way(membership, "case", row.case_id)),
        parts.Fact(_("institution"), row.institution.name),
        parts.Fact(_("department"), row.department.name if row.department else words.DASH),
        parts.Fact(
            pgettext("abnormal", "reported by"), f"{row.reported_by.user} {words.moment(row.reported_at)}"
        ),
        parts.Fact(pgettext("abnormal", "answer due"), words.until(row.due_at)),
    ]
    if row.answered_by is not None:
        said = f"{row.answered_by.user} {words.moment(row.answered_at)}"
        found.append(parts.Fact(pgettext("abnormal", "answered by"), said))
    if row.dispute is not None:
        url = way(membership, "dispute", row.dispute_id)
        found.append(parts.Fact(pgettext("abnormal", "dispute"), row.dispute.code, url))
    if row.followed_kind in services.followed_kinds():
        word, offers, name = services.followed_kinds()[row.followed_kind]
        told = dict(offers(membership)).get(row.followed_id or 0)
        url = way(membership, name, row.followed_id) if told else ""
        found.append(parts.Fact(str(word), told or f"{row.followed_id}", url))
    return found


def actions(row: AbnormalReport, membership: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    """Answer, withdraw, link what followed."""
    found = []
    for step in row.steps_for(membership):
        if step.name == "reply" and row.reported_by_id == membership.pk:
            continue
        form = (given.get("reply") or forms.ReplyForm(auto_id="reply-%s")) if step.name == "reply" else None
        kind = "primary" if step.name == "reply" else ""
        found.append(
            parts.Action(
                str(step.custom["label"]), _act(row, step.name), step.custom["icon"], kind, form=form
            )
        )
    if membership.can(ANSWER) and membership.sees(row.institution_id) and row.state == State.ANSWERED:
        form = given.get("link") or forms.LinkForm(by=membership, auto_id="link-%s")
        if form.fields["followed"].choices:
            label = pgettext("abnormal", "Link what followed")
            found.append(parts.Action(label, _act(row, "link"), "link", form=form))
    return found


def _act(row: AbnormalReport, step: str) -> str:
    return f"{reverse('abnormal-act', args=[row.pk, step])}?version={row.version}"


def liaison_page(held: Band, units: Sequence[Unit]) -> dict[str, Any]:
    """Departments with their liaisons, and how many have another number than asked for (S1-54)."""
    wrong = sum(one.wrong for one in units)
    return {
        "title": _("Clinical insurance liaisons"), "units": units, "least": held.least, "most": held.most,
        "figs": [
            parts.Fig(_("departments"), words.num(len(units))),
            parts.Fig(_("Without the right number"), words.num(wrong), bad=bool(wrong)),
        ],
    }  # fmt: skip
