"""What a first day in the past touches: months grouped or valued again, posted months that stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from alliance.ledger import facts
from alliance.lib.period import Month
from alliance.web import words
from alliance.web.parts import Fact
from grouping.services import past

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
    """Sentences about what a first day of a scheme touches; none for a day after all stored cases and posted
    months.
    """
    found, said = past.touched(day), []
    if found.again:
        said.append(_("Grouped again from this day on: %(months)s.") % {"months": named(found.again)})
    if found.posted:
        said.append(
            _("%(months)s already posted stay as they are; their cases are regrouped.")
            % {"months": named(found.posted)}
        )
    return said


def beforehand() -> str:
    """What stands beside the field of the first day, before anything is proposed."""
    said = [_("Discharges from this day on are grouped by it, stored ones again.")]
    if stored := past.months_from(FIRST):
        said.append(_("Months with stored cases: %(months)s.") % {"months": named(stored)})
    if posted := facts.posted_months(since=FIRST):
        said.append(_("Already posted, and stay as they are: %(months)s.") % {"months": named(posted)})
    return " ".join(said)


def consequences(found: past.Touched, *, scheme: bool) -> list[str]:
    """What happens when a first day in the past is agreed to, in sentences; `scheme`, else a tariff."""
    if not found.again and not found.posted:
        return [_("No stored case and no posted month lies on or after this day.")]
    said = []
    if found.again:
        again = (
            _("Their cases are grouped again by the new version: %(months)s.")
            if scheme
            else _("Their cases are valued by the new values: %(months)s.")
        )
        said.append(again % {"months": named(found.again)})
    if not found.posted:
        return [*said, _("None of these months is posted yet.")]
    keep = _("Already posted, and they keep their figures: %(months)s.") % {"months": named(found.posted)}
    return [*said, keep, _correction()]


def _correction() -> str:
    """Where the difference of a closed month goes."""
    months = facts.open_months()
    if not months:
        return _("A closed month never changes; what it lacks is corrected in the next month that is opened.")
    said = _("A closed month never changes; what it lacks is corrected in an open month (now %(months)s).")
    return said % {"months": named(months)}


def tick(found: past.Touched) -> str:
    """What the proposer confirms, with the posted months by name."""
    if found.posted:
        return _("I know that this day lies before months already posted: %(months)s") % {
            "months": named(found.posted)
        }
    return _("I know that this day is in the past")


def confirmed(approval: Any) -> list[Fact]:
    """What the proposer confirmed about a first day in the past, as it was then."""
    kept = approval.terms.get("confirmed")
    if kept is None:
        return []
    posted = past.read(kept).posted
    said = _("posted then: %(months)s") % {"months": named(posted)} if posted else _("no month was posted")
    return [Fact(_("first day in the past, confirmed by the proposer"), said)]
