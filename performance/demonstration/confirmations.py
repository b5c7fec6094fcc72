"""October of the demonstration confirmed: most lines agreed, some counted otherwise, some silent.

The calendar opens the month; every institution that reports for itself has somebody who confirms.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from alliance.confirmation import facts, services
from alliance.lib.period import Month
from alliance.models import Institution, Membership, Staff, User
from alliance.tenancy.scope import act_in
from performance.demonstration.deliveries import local
from performance.demonstration.ground import Ground

MONTH = Month(2026, 10)
OPENED = datetime(2026, 11, 3, 8, 0)
# Of the institutions without a sign-in of their own, one in so many says nothing before the deadline.
SILENT_EVERY = 6


def load(base: Ground, today: date) -> str:
    """Open October, let the sides speak; returns what came of it in one line."""
    now = local(OPENED)
    with act_in(base.alliance), transaction.atomic():
        round_ = services.open_due(now=now)
        if round_ is None:
            return "nothing to confirm"
        lead, town = _speaker(base, "A01"), _speaker(base, "B01")
        if lead is not None and town is not None:
            _disagree(round_, town, lead, now)
        for number, speaker in enumerate(_speakers(base)):
            if number % SILENT_EVERY != SILENT_EVERY - 1:
                _confirm(speaker, round_, now + timedelta(days=1, minutes=20 * number))
        found = facts.line_facts(MONTH, local(datetime.combine(today, OPENED.time())))
    agreed = sum(one.agreed for one in found)
    differing = sum(bool(one.differences) for one in found)
    return f"{len(found)} lines, {agreed} agreed, {differing} counted otherwise"


def _speakers(base: Ground) -> list[Membership]:
    """Who confirms for each institution, by its code: a member who may, else one of its staff."""
    places = [one for one in base.places.values() if one.kind != Institution.Kind.VILLAGE]
    found = (_speaker(base, one.code) or _made(base, one) for one in sorted(places, key=lambda one: one.code))
    return [one for one in found if one is not None]


def _speaker(base: Ground, code: str) -> Membership | None:
    here = base.places[code].pk
    own = (one for one in base.members.values() if one.institution_id == here)
    return next((one for one in own if one.can("confirmation.confirm")), None)


def _made(base: Ground, place: Institution) -> Membership | None:
    """Somebody of the administration; they have no password and cannot sign in."""
    staff = Staff.objects.filter(institution=place, kind="administrator").order_by("code").first()
    if staff is None:
        return None
    user = User(username=slugify(f"{base.alliance.code}-{place.code}-admin"), name=staff.name)
    user.set_unusable_password()
    user.save()
    return Membership.objects.create(user=user, institution=place, roles=["institution_admin"])


def _confirm(by: Membership, round_: Any, now: datetime) -> None:
    """Everything on which nobody differs."""
    seen = {
        one.line_id: services.Seen(one.digest, 0)
        for one in facts.line_facts(MONTH, now)
        if by.institution_id in (one.giver_id, one.taker_id) and not one.differences
    }
    services.confirm_many(by=by, round_=round_, seen=seen, now=now)


def _disagree(round_: Any, town: Membership, lead: Membership, now: datetime) -> None:
    """The township misses a patient it sent up, and a use that was logged twice; one is answered."""
    lines = {(one.kind, one.giver_id, one.taker_id): one for one in facts.line_facts(MONTH, now)}
    up = lines.get(("referral.up", town.institution_id or 0, lead.institution_id or 0))
    use = lines.get(("equipment.use", lead.institution_id or 0, town.institution_id or 0))
    if up is not None:
        services.object_to(
            by=town, line=_line(round_, up.line_id), seen=services.Seen(up.digest, 0),
            now=now + timedelta(hours=7),
            objection=services.Objection(up.count + 1, "unlogged", "10 月 22 日急诊上转一例，到院未点“到达”"),
        )  # fmt: skip
    if use is not None and use.ids:
        twice = services.Objection(
            use.count - 1, "twice", "同一检查登记了两次", use.units - 15, (use.ids[-1],)
        )
        made = services.object_to(
            by=town, line=_line(round_, use.line_id), seen=services.Seen(use.digest, 0), objection=twice,
            now=now + timedelta(hours=8),
        )  # fmt: skip
        services.answer(
            by=lead,
            difference=made,
            verdict="wrong",
            text="台账流水号不同，是两次检查",
            now=now + timedelta(days=1),
        )


def _line(round_: Any, pk: int) -> Any:
    return round_.lines.with_names().get(pk=pk)
