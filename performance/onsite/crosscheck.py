"""A visit beside the cross-check of declared values: checked, found wrong, vetoed in its quarter (S3-36).

Both look at the same numbers from two sides: the cross-check at the files, the visit at the place itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Institution, Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.declared.forms import VetoForm
from performance.declared.services import vetoes
from performance.declared.show_samples import chain_choices
from performance.models import DeclaredCheck, DeclaredNotice, DeclaredVeto, OnsiteVisit


def place_of(visit: OnsiteVisit) -> Institution:
    """The institution whose declared values a visit speaks to: of a village room its township."""
    place: Institution = visit.institution
    village = place.kind == Institution.Kind.VILLAGE and place.parent is not None
    return place.parent if village else place  # type: ignore[return-value]


def of_visit(visit: OnsiteVisit, member: Membership) -> list[parts.Fact]:
    """The cross-check of the quarter: values checked and wrong, notices, vetoes; three queries."""
    if not member.can("declared.view"):
        return []
    place, days = place_of(visit), [month.first_day for month in visit.span.first.quarter.months]
    rows = DeclaredCheck.objects.filter(sample__month__in=days, value__institution=place)
    done = Q(found_at__isnull=False)
    wrong = done & (Q(found=None) | ~Q(found=F("value__value")))
    counted = rows.aggregate(done=Count("pk", filter=done), wrong=Count("pk", filter=wrong))
    url = way(member, "declared-samples")
    found = [
        parts.Fact(_("declared values checked"), web_words.num(counted["done"]), url),
        parts.Fact(_("values wrong"), web_words.num(counted["wrong"])),
    ]
    notices = DeclaredNotice.objects.filter(sample__month__in=days, institution=place)
    for one in notices.select_related("sample"):
        text = f"{web_words.month(one.sample.month)} · {one.get_state_display()}"
        found.append(parts.Fact(_("data-quality notice"), text, way(member, "declared-notice", one.pk)))
    for veto in DeclaredVeto.objects.filter(institution=place, month__in=days):
        text = f"{web_words.month(veto.month)} · {veto.get_state_display()}"
        found.append(parts.Fact(_("One-vote veto"), text, way(member, "approval", veto.approval_id)))
    return found


def visits_of(notice: DeclaredNotice, member: Membership) -> list[parts.Fact]:
    """The visits of a notice's quarter to its institution or village rooms that the member sees."""
    month = notice.sample.month
    first = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    rows = OnsiteVisit.objects.seen_by(member).named().filter(quarter=first)
    own = Q(institution=notice.institution_id) | Q(institution__parent=notice.institution_id)
    return [
        parts.Fact(
            one.institution.short_name, f"{one.checklist.name} · {one.get_state_display()}",
            way(member, "onsite-visit", one.pk),
        )
        for one in rows.filter(own)
    ]  # fmt: skip


class VisitVetoForm(VetoForm):
    """What was found falsified on site, of which month, and who decides."""

    month = django_forms.ChoiceField(label=gettext_lazy("month"))
    field_order = ("month", "reason", "chain")

    def __init__(self, data: Any = None, *, visit: OnsiteVisit, **more: Any) -> None:
        super().__init__(data, chains=chain_choices(), **more)
        fields: dict[str, Any] = self.fields
        fields["month"].choices = [
            (str(month), web_words.month(month)) for month in visit.span.first.quarter.months
        ]


def form_of(visit: OnsiteVisit, data: Any = None) -> VisitVetoForm:
    """The form on the visit's page."""
    return VisitVetoForm(data, visit=visit, auto_id="veto-%s")


def veto_action(visit: OnsiteVisit, member: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    """Propose a veto from a signed visit; one at a time."""
    may = member.institution_id is None and member.can(vetoes.CHECK)
    live = DeclaredVeto.objects.filter(visit=visit).exclude(state=DeclaredVeto.State.DECLINED)
    if not may or live.exists():
        return []
    form = given.get("veto") or form_of(visit)
    url = reverse("onsite-veto", args=[visit.pk])
    return [parts.Action(_("Propose a one-vote veto…"), url, "flag", "danger", form=form)]
