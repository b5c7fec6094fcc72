"""What the page of the graded flow shows: between levels, and each institution's balance."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.web import parts, words
from referrals.services import flow, ineffective
from referrals.services import rates as figures
from referrals.show.months import neighbours

OUTSIDE = ""
LEVELS = (*Institution.Level.values, OUTSIDE)


@dataclass(frozen=True)
class Balance:
    """One institution: patients it sent up and down, and received from below and from above."""

    place: str
    up_sent: int
    down_sent: int
    up_received: int
    down_received: int

    @property
    def net(self) -> str:
        """Received less sent, with its sign: who draws patients and who gives them back (S2-04)."""
        return words.diff(self.up_received + self.down_received - self.up_sent - self.down_sent)


def page(month: Month, now: datetime) -> dict[str, Any]:
    """Aggregates of a month, which all may read; the number of queries is the same for any number of rows."""
    places = Institution.objects.in_bulk()
    found = flow.of_month(month, flagged=ineffective.findings(month, now=now))
    levels = Counter[tuple[str, str, str]]()
    for way in found:
        target = places[way.target].level if way.target is not None else OUTSIDE
        levels[way.direction, places[way.origin].level, target] += way.arrived
    return {
        "title": _("Graded flow of patients"), "month": month,
        "steps": neighbours(month, now, reverse("referral-flow")),
        "running": not figures.ended(month, now), "figs": _figs(levels),
        "rows": [row for one in LEVELS[:-1] for other in LEVELS if (row := _row(levels, one, other))],
        "balances": _balances(found, places),
    }  # fmt: skip


def _figs(levels: Counter[tuple[str, str, str]]) -> list[parts.Fig]:
    """Serious illness to the hospital, recovery back to the community, and who left the alliance."""
    primary = Institution.Level.PRIMARY
    up = sum(n for (way, one, other), n in levels.items() if way == "up" and one == primary and other)
    home = sum(n for (way, _one, other), n in levels.items() if way == "down" and other == primary)
    left = sum(n for (_way, _one, other), n in levels.items() if other == OUTSIDE)
    back = words.pct(Fraction(home, up)) if up else words.DASH
    return [
        parts.Fig(_("from the community to a hospital"), words.num(up)),
        parts.Fig(_("from a hospital back to the community"), words.num(home)),
        parts.Fig(_("back home for each sent up"), back),
        parts.Fig(_("sent outside the alliance"), words.num(left)),
    ]


def _row(levels: Counter[tuple[str, str, str]], origin: str, target: str) -> dict[str, Any]:
    """What went from one level to another; {} for nothing."""
    up, down = levels["up", origin, target], levels["down", origin, target]
    return {"from": _level(origin), "to": _level(target), "up": up, "down": down} if up or down else {}


def _balances(found: list[flow.Way], places: dict[int, Institution]) -> list[Balance]:
    """Each institution that sent or received anybody, by code."""
    counted = Counter[tuple[int, str]]()
    for way in found:
        counted[way.origin, f"{way.direction}_sent"] += way.arrived
        if way.target is not None:
            counted[way.target, f"{way.direction}_received"] += way.arrived
    names = ("up_sent", "down_sent", "up_received", "down_received")
    some = {place for place, _name in counted}
    return [
        Balance(one.short_name, *(counted[one.pk, name] for name in names))
        for one in sorted(places.values(), key=lambda place: place.code)
        if one.pk in some
    ]


def _level(level: str) -> str:
    return str(Institution.Level(level).label) if level else _("outside the alliance")
