"""What the pages of bodies show: who sits there, what is missing, which meetings were held by their day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.roles import allows
from alliance.web import parts, words
from alliance.web.cells import chip
from performance.meetings import forms, planning, tables
from performance.meetings.composition import Lack, Sitting, lacks
from performance.meetings.models import RUN, Body, Meeting, Seat, desk
from performance.meetings.planning import Duty
from performance.meetings.services.bodies import ROLES

SHOWN = 12  # meetings on the page of a body


@dataclass(frozen=True)
class Row:
    """A body on the list."""

    pk: int
    title: str
    institution: str
    rhythm: str
    members: int
    lacks: Sequence[Lack] = field(default_factory=list)


def keeps(membership: Membership, institution_id: int | None) -> bool:
    """Whether the member founds and seats there."""
    return membership.can(RUN) and membership.sees(institution_id)


def rows(membership: Membership, today: date) -> list[Row]:
    """All bodies the member may know, with what they lack today; two queries."""
    bodies = Body.objects.seen_by(membership).select_related("alliance", "institution")
    sitting: dict[int, list[Seat]] = defaultdict(list)
    for one in Seat.objects.on(today).filter(body__in=bodies):
        sitting[one.body_id].append(one)
    return [
        Row(
            one.pk, one.title, one.institution.short_name if one.institution else _("the whole alliance"),
            str(one.get_rhythm_display()), len(sitting[one.pk]), missing(one, sitting[one.pk]),
        )
        for one in bodies
    ]  # fmt: skip


def missing(body: Body, sitting: Sequence[Seat]) -> list[Lack]:
    """What a body lacks."""
    return lacks(body.kind, [Sitting(one.function, one.post) for one in sitting])


def lack_word(lack: Lack) -> str:
    """What is missing, as a sentence."""
    if lack.what == "function":
        return _("nobody is %(name)s") % {"name": Seat.Function(lack.code).label}
    name = Seat.Post(lack.code).label
    if lack.what == "chair_post":
        return _("the chair is not the %(name)s") % {"name": name}
    return _("missing: %(names)s") % {"names": name}


def page(body: Body, membership: Membership, now: datetime, given: Mapping[str, Any]) -> dict[str, Any]:
    """One body: members of today and before, what is missing, its meetings."""
    today = timezone.localdate(now)
    seats = list(body.seats.select_related("membership__institution", "user").order_by("-from_date", "pk"))
    sitting = [one for one in seats if one.from_date <= today and (one.last_day or today) >= today]
    runs = keeps(membership, body.institution_id)
    meetings = Meeting.objects.seen_by(membership).filter(body=body).named()[:SHOWN]
    leads = desk(membership, body)
    duties = planning.duties([body], now, SHOWN)
    return {
        "title": body.title, "body_row": body, "lacks": [lack_word(one) for one in missing(body, sitting)],
        "seats": [_seat(one, membership, today, given, runs=runs) for one in _ordered(sitting)],
        "coming": [_seat(one, membership, today, given, runs=runs) for one in seats if one.from_date > today],
        "earlier": [one for one in seats if one not in sitting and one.from_date <= today],
        "facts_body": facts(body), "runs": runs, "leads": leads,
        "disputes": disputes(body, sitting, membership),
        "meetings": [(one, tables.meeting_chip(one)) for one in meetings],
        "owed": [_owed(one) for one in newest(duties) if leads and one.held is None],
        "kept": [Kept(one, today) for one in duties],
    }  # fmt: skip


def disputes(body: Body, sitting: Sequence[Seat], membership: Membership) -> str:
    """The address of the disputes, for who sits here and judges them by that; "" for others."""
    judged = allows([ROLES.get(body.kind, "")], "dispute.view")
    sits = any(one.user_id == membership.user_id for one in sitting)
    return reverse("disputes") if judged and sits else ""


def newest(duties: Sequence[Duty]) -> list[Duty]:
    """Of each kind of meeting the last period."""
    found: dict[str, Duty] = {}
    for one in duties:
        found.setdefault(one.kind, one)
    return list(found.values())


def _owed(one: Duty) -> str:
    said = (
        _("Consultation with the insurer about %(month)s: due %(day)s")
        if one.kind == Meeting.Kind.CONSULTATION else _("Meeting about %(month)s: due %(day)s")
    )  # fmt: skip
    return said % {"month": words.month(one.month), "day": words.day(one.due)}


@dataclass(frozen=True)
class Kept:
    """A period of a body on its page: the meeting it owed, and whether it was held by its day."""

    duty: Duty
    today: date

    @property
    def kind(self) -> str:
        """Which meeting."""
        return str(Meeting.Kind(self.duty.kind).label)

    @property
    def state(self) -> SafeString:
        """Held, held late, late, or still to come."""
        held, due = self.duty.held, self.duty.due
        if held is not None:
            late = held > due
            return chip(
                "warn" if late else "ok", pgettext("body", "held late") if late else pgettext("body", "held")
            )
        if self.today > due:
            return chip("late", pgettext("body", "late, not held"))
        return chip("info", pgettext("body", "to be held"))


def _ordered(sitting: Sequence[Seat]) -> list[Seat]:
    """Chair first, then as the functions stand, then by name."""
    order = list(Seat.Function.values)
    return sorted(sitting, key=lambda one: (order.index(one.function), one.name))


def _seat(
    one: Seat, membership: Membership, today: date, given: Mapping[str, Any], *, runs: bool
) -> dict[str, Any]:
    actions = []
    if runs and one.ended_on is None:
        form = given.get(f"end-{one.pk}") or forms.EndForm(
            auto_id=f"end-{one.pk}-%s", initial={"ended_on": today.isoformat()}
        )
        url = reverse("body-seat-end", args=[one.body_id, one.pk])
        actions.append(parts.Action(_("End the term"), url, "x", form=form))
    place = one.organisation
    if one.membership is not None:
        here = one.membership.institution
        place = here.short_name if here else _("the whole alliance")
    return {"row": one, "place": place, "actions": actions}


def facts(body: Body) -> list[parts.Fact]:
    """What a body is."""
    where = body.institution.short_name if body.institution else _("the whole alliance")
    found = [
        parts.Fact(_("kind"), str(body.get_kind_display())), parts.Fact(_("institution"), where),
        parts.Fact(pgettext("body", "meets"), str(body.get_rhythm_display())),
    ]  # fmt: skip
    if body.due_day:
        found.append(
            parts.Fact(
                pgettext("body", "day it is due"), _("day %(n)d of the month after") % {"n": body.due_day}
            )
        )
    return [*found, parts.Fact(pgettext("body", "founded by"), body.document)]
