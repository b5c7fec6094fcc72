"""What the pages of case reviews and of the six unifications show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.models import Institution, Membership
from alliance.web import parts
from alliance.web.access import way
from alliance.web.cells import chip
from performance.meetings import forms
from performance.meetings.models import CaseReview, Meeting, Unified, desk
from performance.meetings.services import reviewing, unifying

VERDICT = {"sound": "ok", "charges": "warn", "treatment": "warn", "coding": "warn"}
DEGREE = {"not": "", "partly": "warn", "done": "ok"}


def page(meeting: Meeting, membership: Membership, given: Mapping[str, Any]) -> dict[str, Any]:
    """The draw of a meeting with the opinions; a number of queries that does not grow with its cases."""
    review = CaseReview.objects.filter(meeting=meeting).select_related("drawn_by__user").first()
    says = meeting.open and reviewing.reviews(membership, meeting)
    actions = []
    if review is None and meeting.open and desk(membership, meeting.body):
        url = reverse("meeting-review", args=[meeting.pk])
        actions.append(parts.Action(_("Draw the cases"), url, "refresh", "primary"))
    cases = []
    if review is not None:
        drawn = review.cases.select_related("case__institution").prefetch_related("opinions__said_by__user")
        cases = [_case(one, meeting, membership, given, says=says) for one in drawn]
    improve = reverse("improvement-open") if membership.can("improvement.run") else ""
    return {
        "title": _("Case review: %(title)s") % {"title": meeting.title}, "meeting": meeting, "review": review,
        "cases": cases, "actions": actions, "improve": improve,
    }  # fmt: skip


def _case(
    one: Any, meeting: Meeting, membership: Membership, given: Mapping[str, Any], *, says: bool
) -> dict[str, Any]:
    opinions = list(one.opinions.all())
    actions = []
    if says and all(said.said_by_id != membership.pk for said in opinions):
        form = given.get(str(one.pk)) or forms.OpinionForm(auto_id=f"opinion-{one.pk}-%s")
        url = reverse("meeting-opinion", args=[meeting.pk, one.pk])
        actions.append(parts.Action(_("Say your opinion"), url, "msg", form=form))
    opens = membership.sees(one.case.institution_id)
    return {
        "row": one, "url": way(membership, "case", one.case_id) if opens else "", "actions": actions,
        "opinions": [(said, chip(VERDICT[said.verdict], said.get_verdict_display())) for said in opinions],
    }  # fmt: skip


def unified(membership: Membership, form: Any) -> dict[str, Any]:
    """Members by area: how far each is; missing is not known, not zero."""
    found, places = unifying.newest(membership), Institution.objects.filter(is_active=True)
    places = places.exclude(kind=Institution.Kind.VILLAGE).order_by("code")
    if membership.institution_id is not None:
        places = places.filter(pk=membership.institution_id)
    lines, whole = [], 0
    for place in places:
        rows = [found.get((place.pk, area)) for area in Unified.Area.values]
        done = sum(row is not None and row.degree == Unified.Degree.DONE for row in rows)
        whole += done == len(rows)
        cells = [
            (label, chip(DEGREE[row.degree], row.get_degree_display()) if row else "—", row)
            for label, row in zip(Unified.Area.labels, rows, strict=True)
        ]
        lines.append({"place": place, "cells": cells, "done": f"{done} / {len(rows)}"})
    return {
        "title": _("Six unifications"), "areas": Unified.Area.labels, "lines": lines, "form": form,
        "figs": [parts.Fig(_("Members unified in all six"), f"{whole} / {len(lines)}")],
    }  # fmt: skip
