"""What a first day in the past touches: months grouped again, and months whose posted results stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from alliance.ledger import facts
from alliance.lib.period import Month
from alliance.web import words
from grouping.services import release

FEW = 12  # months named one by one; more are told as a span
FIRST = date(1900, 1, 1)


def named(months: Sequence[Month]) -> str:
    """Months in words; a dash for none."""
    if not months:
        return words.DASH
    if len(months) <= FEW:
        return _(", ").join(words.month(month) for month in months)
    return f"{words.month(months[0])} – {words.month(months[-1])}"


def touched(day: date) -> list[str]:
    """Sentences about what a first day touches; none for a day after all stored cases and posted months."""
    said = []
    if again := release.months_from(day):
        said.append(_("Grouped again from this day on: %(months)s.") % {"months": named(again)})
    if posted := facts.posted_months(since=day):
        said.append(
            _("%(months)s already posted stay as they are; their cases are regrouped.")
            % {"months": named(posted)}
        )
    return said


def beforehand() -> str:
    """What stands beside the field of the first day, before anything is proposed."""
    said = [_("Discharges from this day on are grouped by it, stored ones again.")]
    if stored := release.months_from(FIRST):
        said.append(_("Months with stored cases: %(months)s.") % {"months": named(stored)})
    if posted := facts.posted_months(since=FIRST):
        said.append(_("Already posted, and stay as they are: %(months)s.") % {"months": named(posted)})
    return " ".join(said)
