"""The records behind one rate: the formula with its numbers put in, and the list of one of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web import parts, words
from referrals import rates as engine
from referrals.models import Referral
from referrals.services import counts, ineffective
from referrals.services import rates as services
from referrals.show.rates import NAMES, Links

COUNTS: Mapping[str, Any] = {
    "arrived": gettext_lazy("arrived in the month"),
    "effective": gettext_lazy("arrived, without the ineffective ones"),
    "up_effective": gettext_lazy("effective up-referrals arrived"),
    "down_effective": gettext_lazy("effective down-referrals arrived"),
    "down_persons": gettext_lazy("persons sent down and arrived"),
    "submitted": gettext_lazy("submitted in the month"),
    "due": gettext_lazy("submitted and due"),
    "undecided": gettext_lazy("submitted and not due yet"),
    "accepted_in_time": gettext_lazy("accepted within the limit"),
    "discharges": gettext_lazy("discharges"),
    "primary_visits": gettext_lazy("visits"),
    "ineffective": gettext_lazy("ineffective referrals"),
}
VARIANTS = {one.code: one for one in engine.VARIANTS}


@dataclass(frozen=True)
class Asked:
    """Which numbers of which rate are opened: of a month, of one institution or (None) of the alliance."""

    month: Month
    variant: engine.Variant
    part: str
    place: Institution | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The counts whose referrals are listed; () where there is no list of referrals."""
        found = {
            "numerator": self.variant.numerator, "denominator": self.variant.denominator,
            "undecided": ("undecided",), "ineffective": ("ineffective",),
        }.get(self.part, ())  # fmt: skip
        return found if set(found) <= {*counts.PARTS, "ineffective"} else ()

    @property
    def label(self) -> str:
        """What is listed, in words."""
        return _named(self.names)

    def rows(self, flagged: Mapping[int, Any], now: datetime) -> QuerySet[Referral]:
        """The very referrals."""
        if self.names == ("ineffective",):
            found: QuerySet[Referral] = Referral.objects.filter(pk__in=list(flagged))
            return found
        place = self.place.pk if self.place else None
        return counts.behind(self.names, self.month, now=now, flagged=flagged, institution=place)


def page(asked: Asked, membership: Membership, now: datetime) -> tuple[QuerySet[Referral], dict[str, Any]]:
    """The rows this member may read, and what stands above the list."""
    flagged = ineffective.findings(asked.month, now=now)
    rows: Any = asked.rows(flagged, now)
    mine = rows.visible_to(membership)
    whose = asked.place.short_name if asked.place else ""
    known = membership.institution_id is None or asked.place is not None
    context = {
        "title": " · ".join(filter(None, (words.month(asked.month), whose, asked.label))),
        "month": asked.month,
        "lines": [_formula(asked, flagged, membership, now)],
        "others": "" if known else _("Of other institutions you see the number, not the patients."),
        "back": f"{reverse('referral-rates')}?month={asked.month}",
    }  # fmt: skip
    return mine.with_lines().order_by("logged_at", "pk"), context


def _formula(
    asked: Asked, flagged: Mapping[int, ineffective.Finding], membership: Membership, now: datetime
) -> parts.FormulaLine:
    """The rate with its numbers put in, each with the way to its records."""
    objects = services.of_month(asked.month, now=now, flagged=flagged)
    place = asked.place.pk if asked.place else None
    whose = next(one for one in objects if (one.institution.pk if one.institution else None) == place)
    figure = next((one for one in whose.figures if one.variant == asked.variant), None)
    assert figure is not None, "the view asks for variants of this object only"
    links = Links(membership, asked.month)
    value = figure.shown(2)
    unit = "‰" if asked.variant.scale == 1000 else "%"
    terms = [
        parts.Term(
            words.num(figure.numerator), _named(asked.variant.numerator),
            links.url(figure, "numerator", place),
        ),
        parts.Term(
            words.num(figure.denominator), _named(asked.variant.denominator),
            links.url(figure, "denominator", place), "÷",
        ),
        parts.Term(words.num(asked.variant.scale), "", "", "×"),
    ]  # fmt: skip
    shown = f"{words.num(value, 2)} {unit}" if value is not None else _("not assessed")
    return parts.FormulaLine(str(NAMES[asked.variant.code]), terms, shown)


def _named(names: tuple[str, ...]) -> str:
    return " + ".join(str(COUNTS[name]) for name in names)
