"""What the pages of rates and of captured down-referrals show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.identity import mask_name
from alliance.lib.period import Month
from alliance.models import Institution, Membership, Person
from alliance.web import charts, parts, words
from grouping.readmission import joined
from referrals import rates as engine
from referrals import tables
from referrals.models import Referral
from referrals.services import captured as captures
from referrals.services import ineffective
from referrals.services import rates as services

NAMES = {
    "V1": gettext_lazy("V1 two-way referral rate"),
    "V2": gettext_lazy("V2 up-referrals per 1,000 visits"),
    "V3": gettext_lazy("V3 persons sent down per 100 discharges"),
    "success": gettext_lazy("arrived of submitted"),
    "punctual": gettext_lazy("accepted in time of submitted"),
    "effective": gettext_lazy("effective of arrived"),
}
MONTHS_DRAWN = 6


def page(membership: Membership, month: Month, now: datetime, form: Form) -> dict[str, Any]:
    """Rates of the alliance and of each institution, the explanation, the ineffective ones with evidence."""
    objects = services.of_month(month, now=now)
    whole = {one.variant.code: one for one in objects[0].figures}
    first, band = whole["V1"], services.band_of(month)
    explained = services.explanation(month)
    may = membership.institution_id is None and membership.can("referral.explain")
    return {
        "title": _("Referral rates"), "month": month, "steps": _months(month, "referral-rates"),
        "figs": [_fig(one, band) for one in objects[0].figures], "required": first.required,
        "explained": explained, "form": form if first.required and may else None,
        "explain_url": f"{reverse('referral-explain')}?month={month}",
        "rows": [_row(one) for one in objects[1:] if _known(one)],
        "ineffective": findings(membership, month, now), "band": _band(band),
        "chart": _chart(month, now, band),
    }  # fmt: skip


def _chart(month: Month, now: datetime, band: Any) -> charts.Chart:
    """V1 of the last six months between its limits."""
    months = [month.plus(-back) for back in range(MONTHS_DRAWN - 1, -1, -1)]
    values = [(str(one), services.alliance_rate(one, now=now).exact) for one in months]
    limits = [(f"{words.num(limit)}%", limit) for limit in band]
    title = _("Two-way referral rate of six months, %")
    return charts.line("v1", title, (_("month"), _("V1, %")), values, limits=limits, places=1)


def _fig(figure: engine.Figure, band: Any) -> parts.Fig:
    value = figure.shown()
    detail = f"{figure.numerator} / {figure.denominator or words.DASH}"
    if figure.variant.band:
        detail = f"{detail} · {_band(band)}"
    shown = words.num(value, 1) if value is not None else _("not assessed")
    name = str(NAMES[figure.variant.code])
    return parts.Fig(name, shown, "%" if value is not None else "", detail, bad=figure.required)


def _band(band: Any) -> str:
    return _("band %(low)s–%(high)s%%, inclusive") % {"low": words.num(band[0]), "high": words.num(band[1])}


def _known(one: services.Object) -> bool:
    return any(figure.numerator or figure.denominator for figure in one.figures)


def _row(one: services.Object) -> dict[str, Any]:
    figure = one.figures[0]
    value = figure.shown()
    assert one.institution is not None, "the alliance is shown above"
    return {
        "place": one.institution.short_name, "variant": str(NAMES[figure.variant.code]),
        "numerator": figure.numerator, "denominator": figure.denominator,
        "value": _("not assessed") if value is None else words.num(value, 1),
    }  # fmt: skip


def findings(membership: Membership, month: Month, now: datetime) -> list[dict[str, Any]]:
    """The ineffective referrals either side of which is the member's, each with its evidence."""
    found = ineffective.findings(month, now=now)
    seen = Referral.objects.visible_to(membership).filter(pk__in=list(found)).with_names()
    pairs = [one.other for one in found.values() if one.other]
    others = Referral.objects.visible_to(membership).in_bulk(pairs)
    return [_finding(row, found[row.pk], others) for row in seen.order_by("number")]


def _finding(row: Referral, finding: ineffective.Finding, others: dict[int, Referral]) -> dict[str, Any]:
    other = others.get(finding.other or 0)
    if finding.rule == ineffective.BOUNCED:
        why = _("sent down and up again after %(days)d days with the same diagnosis") % {"days": finding.days}
    else:
        why = _("arrived and was not treated")
    return {
        "referral": row, "name": row.patient_masked, "who": tables.who(row), "why": why, "other": other,
        "diagnosis": f"{row.diagnosis_code} {row.diagnosis_name}".strip(),
        "way": f"{row.origin_institution.short_name} → {row.target_short}",
    }  # fmt: skip


def captured(membership: Membership, month: Month) -> dict[str, Any]:
    """The queue of a month: open stays, what was decided, logged ones without a stay."""
    mine = [one for one in captures.facts(month) if membership.sees(one.institution_id)]
    found = {one.case: one for one in joined.found_down(month) if membership.sees(one.institution_id)}
    open_cases = [found[case] for one in mine for case in one.open]
    places = Institution.objects.in_bulk([one.institution_id for one in mine])
    people = Person.objects.in_bulk([one.person_id for one in open_cases])
    lone = [pk for one in mine for pk in one.logged_only]
    rows = Referral.objects.visible_to(membership).filter(pk__in=lone).with_names().order_by("number")
    return {
        "title": _("Down-referrals found in case files"), "month": month,
        "steps": _months(month, "referral-captured"),
        "figs": [
            parts.Fig(_("with a logged referral"), str(sum(len(one.matched) for one in mine))),
            parts.Fig(_("confirmed without one"), str(sum(len(one.confirmed) for one in mine))),
            parts.Fig(_("to be decided"), str(len(open_cases)), bad=bool(open_cases)),
            parts.Fig(_("logged without a stay"), str(len(lone))),
        ],
        "open": [
            {
                "stay": one, "place": places[one.institution_id].short_name,
                "name": mask_name(people[one.person_id].name), "at": words.moment(one.discharged_at),
                "url": f"{reverse('referral-capture', args=[one.case])}?month={month}",
            }
            for one in open_cases
        ],
        "lone": [
            {"referral": row, "name": row.patient_masked, "at": words.moment(row.arrived_at)} for row in rows
        ],
        "may": membership.can("referral.capture"),
    }  # fmt: skip


def _months(month: Month, name: str) -> list[parts.Fact]:
    url = reverse(name)
    return [
        parts.Fact(str(month.previous()), url=f"{url}?month={month.previous()}"),
        parts.Fact(str(month.next()), url=f"{url}?month={month.next()}"),
    ]
