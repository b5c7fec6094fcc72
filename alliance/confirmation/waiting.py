"""What waits for whom: lines to look at and differences to answer; for the office what the deadline left."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.confirmation.models import Difference, Round, other
from alliance.confirmation.services.rounds import FRESH_DAYS
from alliance.confirmation.standing import Standing, standings
from alliance.models import Membership
from alliance.services.inbox import Todo
from alliance.web import words


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """A line each open month: what the member's side has to look at or to answer, as last counted."""
    here = membership.institution_id
    if here is None:
        return _of_office(now) if membership.can("confirmation.settle") else []
    if not membership.can("confirmation.confirm"):
        return []
    found: list[Todo] = []
    for round_ in _fresh(now):
        lines = standings([round_], now=now, here=here, live=False)
        mine = [(one, "giver" if one.line.giver_id == here else "taker") for one in lines]
        found += _of_side(round_, [(one, side) for one, side in mine if one.waits_for(side)], now)
    return found


def _fresh(now: datetime) -> list[Round]:
    return list(Round.objects.filter(opened_at__gte=now - timedelta(days=FRESH_DAYS)))


def _of_side(round_: Round, mine: list[tuple[Standing, str]], now: datetime) -> list[Todo]:
    asked = sum(_asks(one, side) for one, side in mine)
    rest, late = len(mine) - asked, now >= round_.due_at
    month, url = words.month(round_.month), reverse("confirmation-month", args=[str(round_)])
    found = []
    if asked:
        what = ngettext(
            "%(month)s: %(n)d difference to answer", "%(month)s: %(n)d differences to answer", asked
        )
        why = _("Your partner counts otherwise: are the records corrected, or do they stand?")
        found.append(
            Todo(
                "late" if late else "warn",
                what % {"n": asked, "month": month},
                why,
                url,
                round_.due_at,
                asked,
            )
        )
    if rest:
        what = ngettext("%(month)s: %(n)d line to confirm", "%(month)s: %(n)d lines to confirm", rest)
        why = _("Counts of referrals, postings and equipment with your partners.")
        found.append(
            Todo(
                "late" if late else "info", what % {"n": rest, "month": month}, why, url, round_.due_at, rest,
                _("Confirm"),
            )
        )  # fmt: skip
    return found


def _asks(one: Standing, side: str) -> bool:
    theirs = one.difference_of(other(side))
    return theirs is not None and theirs.state == Difference.State.OPEN


def _of_office(now: datetime) -> list[Todo]:
    """Differences the deadline has passed over: the office decides."""
    rows = Difference.objects.exclude(state=Difference.State.SETTLED).filter(line__round__due_at__lte=now)
    number = rows.count()
    if not number:
        return []
    what = ngettext(
        "%(n)d difference of the mutual confirmation to decide",
        "%(n)d differences of the mutual confirmation to decide",
        number,
    )
    why = _("The two sides did not agree before the deadline.")
    return [
        Todo(
            "warn",
            what % {"n": number},
            why,
            reverse("confirmation-differences"),
            None,
            number,
            _("Decide it"),
        )
    ]
