"""What the page of policy training shows: attendance by tier and institution, who is missing (S1-61)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Institution, Membership
from alliance.training import facts, policy
from alliance.training.models import Session
from alliance.training.policy import Count, Person, Quiz
from alliance.training.show import PER_PAGE, tabs
from alliance.web import parts, words

Tier = Session.Tier


@dataclass(frozen=True)
class Row:
    """An institution: its attendance, its quiz."""

    institution: Institution
    count: Count
    quiz: Quiz | None
    reached: bool

    @property
    def text(self) -> str:
        """Attendance in words."""
        return share(self.count)


def page(
    membership: Membership, year: int, today: date, *, tier: str = "", number: str | None = None
) -> dict[str, Any]:
    """A year by tier and by institution; below, who is missing. A number of queries that does not grow.

    An institution reads of its own staff, who stands for the whole alliance of all.
    """
    on = min(today, date(year, 12, 31))
    everybody = policy.persons(year, on, institution_id=membership.institution_id)
    rows = [one for one in everybody if tier in ("", one.tier)]
    asked = policy.target(on)
    absent = Paginator([one for one in rows if not one.came], PER_PAGE).get_page(number)
    return {
        "title": _("Policy training"), "tabs": tabs("training-policy", membership), "year": year,
        "target": asked, "figs": figs(everybody, year, asked), "rows": _by_place(rows, year, asked),
        "absent": absent, "page": absent, "missing": absent.paginator.count,
        "tier": tier, "tiers": [(one.value, str(one.label)) for one in policy.ORDER],
        "tier_words": dict(Tier.choices),
        "sessions": list(_sessions(year)),
    }  # fmt: skip


def share(one: Count) -> str:
    """Attendance in percent; a dash where nobody has to come."""
    return words.DASH if one.percent is None else f"{words.num(one.percent, 2)}%"


def figs(rows: Sequence[Person], year: int, asked: Any) -> list[parts.Fig]:
    """Attendance of each tier against what is asked for."""
    found = []
    for tier in policy.ORDER:
        one = policy.count([row for row in rows if row.tier == tier])
        said = _("%(n)d of %(all)d came") % {"n": one.came, "all": one.due}
        below = one.percent is not None and one.percent < asked
        found.append(parts.Fig(str(tier.label), share(one), detail=said, bad=below))
    return found


def _by_place(rows: Sequence[Person], year: int, asked: Any) -> list[Row]:
    places: dict[int, Institution] = {}
    own: dict[int, list[Person]] = defaultdict(list)
    for one in rows:
        places[one.staff.institution_id] = one.staff.institution
        own[one.staff.institution_id].append(one)
    quizzes: Mapping[int, Quiz] = policy.quizzes(year)
    found = []
    for pk, place in places.items():
        count = policy.count(own[pk])
        found.append(Row(place, count, quizzes.get(pk), (count.percent or 0) >= asked))
    return found


def _sessions(year: int) -> Any:
    """The year's policy sessions, planned and closed."""
    begin, end = facts.bounds(date(year, 1, 1), date(year, 12, 31))
    rows = Session.objects.filter(starts_at__gte=begin, starts_at__lte=end).exclude(tier="")
    return rows.exclude(state=Session.State.CANCELLED).select_related("organiser").order_by("starts_at")


def sign_in(session: Session, membership: Membership, today: date) -> dict[str, Any]:
    """The list to sign at the door: of policy training who has to come, else who stands on the list."""
    here = membership.institution_id
    if session.tier:
        due = policy.persons(session.starts_at.year, today, institution_id=here)
        people = [one.staff for one in due if session.tier in (one.tier, Tier.ALL)]
    else:
        lines = session.attendances.filter(voided_at=None).select_related(
            "staff__institution", "staff__department"
        )
        people = [one.staff for one in lines if here in (None, one.staff.institution_id)]
    return {
        "title": pgettext("training", "Sign-in sheet"), "session": session, "people": people,
        "where": session.place or words.DASH,
    }  # fmt: skip
