"""What the pages of rates show; every number opens the records it was counted from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import charts, parts, words
from referrals import rates as engine
from referrals import tables
from referrals.models import Referral
from referrals.services import ineffective
from referrals.services import rates as services
from referrals.show.months import neighbours

NAMES = {
    "V1": gettext_lazy("V1 two-way referral rate"),
    "V2": gettext_lazy("V2 up-referrals per 1,000 visits"),
    "V3": gettext_lazy("V3 persons sent down per 100 discharges"),
    "success": gettext_lazy("arrived of submitted"),
    "punctual": gettext_lazy("accepted in time of those due"),
    "effective": gettext_lazy("effective of arrived"),
}
MONTHS_DRAWN = 6
MOST_SHOWN = 50

Findings = Mapping[int, ineffective.Finding]


def page(membership: Membership, month: Month, now: datetime, form: Form) -> dict[str, Any]:
    """Rates of the alliance and of each institution, the explanation, the ineffective ones with evidence."""
    months = [month.plus(-back) for back in range(MONTHS_DRAWN - 1, -1, -1)]
    around = ineffective.findings_of(months, now=now)
    flagged = {pk: one for pk, one in around.items() if one.month == month}
    objects = services.of_month(month, now=now, flagged=flagged)
    whole = {one.variant.code: one for one in objects[0].figures}
    first, band = whole["V1"], services.band_of(month)
    may = membership.institution_id is None and membership.can("referral.explain")
    links = Links(membership, month)
    return {
        "title": _("Referral rates"), "month": month,
        "steps": neighbours(month, now, reverse("referral-rates")),
        "running": not services.ended(month, now),
        "figs": [_fig(one, band, objects[0].undecided, links) for one in objects[0].figures],
        "required": first.required, "explained": services.explanation(month),
        "form": form if first.required and may else None,
        "explain_url": f"{reverse('referral-explain')}?month={month}",
        "rows": [_row(one, links) for one in objects[1:] if _known(one)],
        "visits_url": f"{reverse('referral-visits')}?month={month}",
        "ineffective": findings(membership, flagged), "found": len(flagged),
        "chart": _chart(months, around, band),
    }  # fmt: skip


class Links:
    """Where the numbers of a month open, as far as a member sees what is behind them."""

    def __init__(self, membership: Membership, month: Month) -> None:
        self.membership, self.month = membership, month

    def number(self, count: int | None, figure: engine.Figure, part: str, place: int | None = None) -> Any:
        """A number as a link to its records; plain where they are another institution's."""
        if count is None:
            return words.DASH
        url = self.url(figure, part, place)
        shown = words.num(count)
        return format_html('<a class="link" href="{}">{}</a>', url, shown) if url else shown

    def url(self, figure: engine.Figure, part: str, place: int | None = None) -> str:
        """The address of the records behind a part of a figure; '' where the member may not read them."""
        if place is not None and not self.membership.sees(place):
            return ""
        names = figure.variant.denominator if part == "denominator" else figure.variant.numerator
        if names == ("discharges",):
            return self._cases(place)
        if names == ("primary_visits",):
            line = f"#place-{place}" if place else ""
            return f"{reverse('referral-visits')}?month={self.month}{line}"
        asked = f"?month={self.month}&variant={figure.variant.code}&part={part}"
        return f"{reverse('referral-rate-records')}{asked}" + (f"&place={place}" if place else "")

    def _cases(self, place: int | None) -> str:
        whole = self.membership.institution_id is None
        if not self.membership.can("case.list") or (place is None and not whole):
            return ""
        # Who belongs to one institution reads its cases without naming it.
        named = f"&institution={place}" if place and whole else ""
        return f"{reverse('cases')}?month={self.month}{named}"


def _chart(months: list[Month], flagged: Findings, band: Any) -> charts.Chart:
    """V1 of the last six months between its limits."""
    exact = services.of_months(months, flagged=flagged)
    values = [(str(one), exact[one]) for one in months]
    limits = [(f"{words.num(limit)}%", limit) for limit in band]
    title = _("Two-way referral rate of six months, %")
    return charts.line("v1", title, (_("month"), _("V1, %")), values, limits=limits, places=1)


def _fig(figure: engine.Figure, band: Any, undecided: int, links: Links) -> parts.Fig:
    value = figure.shown()
    details: list[Any] = [
        format_html(
            "{} / {}", links.number(figure.numerator, figure, "numerator"),
            links.number(figure.denominator, figure, "denominator"),
        )
    ]  # fmt: skip
    if figure.variant.band:
        details.append(_band(band))
    if figure.variant.code == "punctual" and undecided:
        open_ones = links.number(undecided, figure, "undecided")
        details.append(format_html(_("{} not due yet"), open_ones))
    shown = words.num(value, 1) if value is not None else _("not assessed")
    name = str(NAMES[figure.variant.code])
    unit = "%" if value is not None else ""
    return parts.Fig(name, shown, unit, _joined(details), bad=figure.required)


def _joined(details: list[Any]) -> SafeString:
    return format_html_join(" · ", "{}", ((one,) for one in details))


def _band(band: Any) -> str:
    return _("band %(low)s–%(high)s%%, inclusive") % {"low": words.num(band[0]), "high": words.num(band[1])}


def _known(one: services.Object) -> bool:
    return any(figure.numerator or figure.denominator for figure in one.figures)


def _row(one: services.Object, links: Links) -> dict[str, Any]:
    figure = one.figures[0]
    value, place = figure.shown(), one.institution
    assert place is not None, "the alliance is shown above"
    return {
        "place": place.short_name, "variant": str(NAMES[figure.variant.code]),
        "numerator": links.number(figure.numerator, figure, "numerator", place.pk),
        "denominator": links.number(figure.denominator, figure, "denominator", place.pk),
        "value": words.num(value, 1) if value is not None else _("not assessed"),
        "unit": "‰" if figure.variant.scale == 1000 else "%",
        "why": _why_not(figure), "assessed": value is not None,
    }  # fmt: skip


def _why_not(figure: engine.Figure) -> str:
    """Why a rate is not assessed, in words; '' where it is."""
    if figure.exact is not None:
        return ""
    if figure.variant.denominator == ("primary_visits",):
        return _("visits not delivered") if figure.denominator is None else _("no visit")
    return _("no discharge")


def findings(membership: Membership, found: Findings) -> list[dict[str, Any]]:
    """The first of the ineffective referrals either side of which is the member's, each with its evidence."""
    seen: Any = Referral.objects.visible_to(membership).filter(pk__in=list(found))
    rows = seen.order_by("number").first_lines(MOST_SHOWN)
    pairs = [found[row.pk].other for row in rows if found[row.pk].other]
    others = Referral.objects.visible_to(membership).only("number").in_bulk(pairs)
    return [_finding(row, found[row.pk], others) for row in rows]


def _finding(row: Referral, finding: ineffective.Finding, others: dict[int, Referral]) -> dict[str, Any]:
    other = others.get(finding.other or 0)
    return {
        "referral": row, "name": row.patient_masked, "who": tables.who(row), "why": finding.why,
        "other": other,
        "diagnosis": row.diagnosis_words,
        "way": f"{row.origin_institution.short_name} → {row.target_short}",
    }  # fmt: skip
