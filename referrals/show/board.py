"""What the live board shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.web import parts, words
from referrals import reasons, tables
from referrals.machine import EXPECTED
from referrals.models import Referral
from referrals.services import board


def page(membership: Membership, now: datetime, seen: str, month: Month) -> dict[str, Any]:
    """Everything of the board; queries do not grow with referrals."""
    queue = list(board.waiting(membership)[: board.SHOWN])
    coming = list(board.coming(membership, now)[: board.SHOWN])
    lines = board.turnaround(month)
    here = membership.institution
    return {
        "title": _title(here.short_name if here else ""),
        "now": now, "seen": seen, "figs": figures(membership, queue, coming, lines, now),
        "emergencies": [emergency(one, membership) for one in queue if one.urgency == "critical"],
        "queue": [waiting(one, membership, now) for one in queue if one.urgency != "critical"],
        "coming": [_coming(one, membership) for one in coming],
        "doors": _doors(membership, now), "declines": _declines(membership, month),
        "turnaround": [_turnaround(line) for line in lines], "month": month,
        "alarm": any(one.urgency == "critical" for one in queue),
    }  # fmt: skip


def _title(place: str) -> str:
    return _("%(place)s: incoming referrals") % {"place": place} if place else _("Referral board")


def figures(
    membership: Membership, queue: list[Referral], coming: list[Referral], lines: Any, now: datetime
) -> list[parts.Fig]:
    """Waiting, late, on the way, punctual this month."""
    count = {level: sum(one.urgency == level for one in queue) for level in Referral.Urgency.values}
    detail = " · ".join(f"{Referral.Urgency(level).label} {n}" for level, n in reversed(list(count.items())))
    over = sum(one.is_late_at(now) for one in queue)
    on_way = [one for one in coming if one.state in EXPECTED]
    mine = [one for one in lines if membership.sees(one.institution.pk)]
    received, in_time = sum(one.received for one in mine), sum(one.in_time for one in mine)
    share = words.pct(in_time / received) if received else _("not assessed")
    return [
        parts.Fig(_("waiting for an answer"), str(len(queue)), detail=detail),
        parts.Fig(_("past the limit"), str(over), url=f"{reverse('referrals')}?view=late", bad=over > 0),
        parts.Fig(_("patients on the way"), str(len(on_way))),
        parts.Fig(_("accepted in time this month"), share, detail=f"{in_time} / {received}"),
    ]


def emergency(one: Referral, membership: Membership) -> dict[str, Any]:
    """One unanswered emergency with its five minutes."""
    told = words.DASH
    if one.telephoned_at:
        told = one.telephoned_at.astimezone(SHANGHAI).strftime("%H:%M:%S")
    return {
        "referral": one, "word": _suspected(one),
        "name": one.patient_masked, "who": tables.who(one), "from": one.origin_institution.short_name,
        "doctor": str(one.logged_by.user), "phone": one.contact_phone,
        "sent": one.logged_at.astimezone(SHANGHAI).strftime("%H:%M:%S"), "told": told,
        "onset": words.moment(one.onset_at) if one.onset_at else "",
        "onset_word": str(one.get_onset_kind_display()), "steps": steps(one, membership),
    }  # fmt: skip


def _suspected(one: Referral) -> str:
    return reasons.words("suspected", one.suspected) if one.suspected else str(one.diagnosis_name)


def waiting(one: Referral, membership: Membership, now: datetime) -> dict[str, Any]:
    """One line of the queue with its clock and buttons."""
    return {
        "referral": one, "chip": tables.state_chip(one, now), "late": one.is_late_at(now),
        "name": one.patient_masked, "who": tables.who(one),
        "diagnosis": f"{one.diagnosis_code} {one.diagnosis_name}".strip(),
        "from": one.origin_institution.short_name, "at": words.moment(one.logged_at),
        "to": one.target_department.name if one.target_department else one.target_short,
        "urgency": one.get_urgency_display(), "steps": steps(one, membership),
    }  # fmt: skip


# Steps taken on the board itself; those with words open the referral's own page.
HERE = ("accept", "arrive")


def steps(one: Referral, membership: Membership) -> list[parts.Action]:
    """The buttons of a line: an accept or an arrival posts and comes back, the others open the referral."""
    found = []
    for step in one.steps_for(membership):
        own = reverse("referral-act", args=[one.pk, step.name]) + f"?version={one.version}&back=board"
        url = own if step.name in HERE else reverse("referral", args=[one.pk]) + f"#act-{step.name}"
        kind = "primary" if step.name == "accept" and one.urgency == "critical" else ""
        label = str(step.custom["label"])
        found.append(parts.Action(label, url, step.custom["icon"], kind, get=step.name not in HERE))
    return found


def _coming(one: Referral, membership: Membership) -> dict[str, Any]:
    expected = one.planned_at or one.expected_at
    here = one.arrived_at is not None
    at = one.arrived_at if here else expected
    return {
        "referral": one, "here": here, "name": one.patient_masked, "who": tables.who(one),
        "diagnosis": one.diagnosis_name, "from": one.origin_institution.short_name,
        "at": words.moment(at) if at else "",
        "steps": [step for step in steps(one, membership) if not step.get],
    }  # fmt: skip


def _doors(membership: Membership, now: datetime) -> list[dict[str, Any]]:
    labels = {
        "answer": _("the answer"), "reply": _("reply"), "followup": _("first follow-up"),
        "form": _("emergency form"),
    }  # fmt: skip
    found = board.doors(membership, now)
    places = Institution.objects.in_bulk([place for place, _what, _n in found])
    return [
        {"place": places[place].short_name, "what": labels[what], "n": number, "pk": place}
        for place, what, number in found
    ]


def _declines(membership: Membership, month: Month) -> list[dict[str, Any]]:
    found = board.declines(membership, month)
    most = max((number for _code, number in found), default=1)
    return [
        {"reason": reasons.words("decline", code), "n": number, "share": 100 * number / most}
        for code, number in found
    ]


def _turnaround(line: board.Turnaround) -> dict[str, Any]:
    median = words.DASH if line.median_minutes is None else words.num(line.median_minutes)
    return {
        "place": line.institution.short_name, "received": line.received, "declined": line.declined,
        "refusal": words.pct(line.refusal / 100), "punctual": words.pct(line.punctual / 100),
        "median": median,
    }  # fmt: skip
