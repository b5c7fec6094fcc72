"""What the live board shows."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.web import parts, words
from referrals import reasons, tables
from referrals.models import Referral
from referrals.services import board
from referrals.show.months import neighbours
from referrals.show.page import urgency


def page(membership: Membership, now: datetime, seen: str, month: Month) -> dict[str, Any]:
    """Everything of the board; queries do not grow with referrals."""
    queue = board.waiting(membership)
    coming = board.coming(membership, now)
    count = board.counts(membership, now)
    ranked, few = board.turnaround(month, now)
    here = membership.institution
    return {
        "title": _title(here.short_name if here else ""),
        "now": now, "seen": seen, "figs": figures(membership, count, [*ranked, *few], month),
        "emergencies": [emergency(one, membership, now) for one in queue if one.urgency == "critical"],
        "first": _first(len(queue), count["waiting"]), "first_coming": _first(len(coming), count["coming"]),
        "queue": [waiting(one, membership, now) for one in queue if one.urgency != "critical"],
        "coming": [_coming(one, membership) for one in coming],
        "doors": _doors(membership, now), "declines": _declines(membership, month),
        "turnaround": [*map(_turnaround, ranked), *(_turnaround(line, ranked=False) for line in few)],
        "month": month, "months": neighbours(month, now, reverse("referral-board")),
        "running": Month.of(now.astimezone(SHANGHAI).date()) == month,
        "alarm": any(one.urgency == "critical" for one in queue),
    }  # fmt: skip


def _title(place: str) -> str:
    return _("%(place)s: incoming referrals") % {"place": place} if place else _("Referral board")


def figures(
    membership: Membership, count: dict[str, int], lines: list[board.Turnaround], month: Month
) -> list[parts.Fig]:
    """Waiting, late, on the way, punctual in the month."""
    levels = reversed(Referral.Urgency.choices)
    detail = " · ".join(f"{label} {count[level]}" for level, label in levels)
    mine = [one for one in lines if membership.sees(one.institution.pk)]
    due, in_time = sum(one.due for one in mine), sum(one.in_time for one in mine)
    share = words.pct(Fraction(in_time, due)) if due else _("not assessed")
    told = [f"{in_time} / {due}", _undecided(sum(one.undecided for one in mine))]
    late = f"{reverse('referrals')}?view=late" if count["late"] else ""
    return [
        parts.Fig(_("waiting for an answer"), words.num(count["waiting"]), detail=detail),
        parts.Fig(_("past the limit"), words.num(count["late"]), url=late, bad=count["late"] > 0),
        parts.Fig(_("patients on the way"), words.num(count["coming"])),
        parts.Fig(
            _("accepted in time, %(month)s") % {"month": words.month(month)}, share,
            detail=" · ".join(filter(None, told)),
        ),
    ]  # fmt: skip


def _first(shown: int, count: int) -> str:
    """That a list goes on, or ''."""
    told = {"n": shown, "count": words.num(count)}
    return _("the first %(n)d of %(count)s") % told if count > shown else ""


def _undecided(number: int) -> str:
    """How many may still be answered in time; '' for none."""
    return _("%(n)d not due yet") % {"n": number} if number else ""


def emergency(one: Referral, membership: Membership, now: datetime) -> dict[str, Any]:
    """One unanswered emergency with its five minutes and all its sender typed; who it may be stays sealed."""
    onset_word = one.get_onset_kind_display() or _("onset or last seen well")
    told = _exact(one.telephoned_at) if one.telephoned_at else _("not yet")
    return {
        "referral": one, "word": one.diagnosis_words, "name": one.patient_masked, "who": tables.who(one),
        "phone": one.contact_phone, "steps": steps(one, membership), "late": one.is_late_at(now),
        "facts": [
            parts.Fact(_("suspected"), one.diagnosis_words),
            parts.Fact(str(onset_word), words.moment(one.onset_at) if one.onset_at else _("not said")),
            parts.Fact(pgettext("referral", "From where to where"), _way(one)),
            parts.Fact(_("sent by"), f"{one.logged_by.user} {one.contact_phone or _('no telephone given')}"),
            parts.Fact(_("sent in the system"), _exact(one.logged_at)),
            parts.Fact(_("told by telephone"), told),
        ],
    }  # fmt: skip


def _way(one: Referral) -> str:
    """From where to where, with the department."""
    room = one.target_department
    return f"{one.origin_institution.short_name} → {one.target_short} {room.name if room else ''}".strip()


def _exact(at: datetime) -> str:
    """Minutes count, and so do seconds."""
    return at.astimezone(SHANGHAI).strftime("%H:%M:%S")


def waiting(one: Referral, membership: Membership, now: datetime) -> dict[str, Any]:
    """One line of the queue with its clock and buttons."""
    return {
        "referral": one, "chip": tables.state_chip(one, now), "late": one.is_late_at(now),
        "name": one.patient_masked, "who": tables.who(one),
        "diagnosis": one.diagnosis_words,
        "from": one.origin_institution.short_name, "at": words.moment(one.logged_at),
        "to": one.target_department.name if one.target_department else one.target_short,
        "urgency": urgency(one), "steps": steps(one, membership),
    }  # fmt: skip


# Steps taken on the board itself; those with words open the referral's own page.
HERE = ("accept", "arrive")


def steps(one: Referral, membership: Membership) -> list[parts.Action]:
    """The buttons of a line: an accept or an arrival posts and comes back, the others open the referral."""
    page, found = reverse("referral", args=[one.pk]), []
    for step in one.steps_for(membership):
        url = f"{page}#act-{step.name}"
        if step.name in HERE:
            url = reverse("referral-act", args=[one.pk, step.name]) + f"?version={one.version}&back=board"
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
        "diagnosis": one.diagnosis_words, "from": one.origin_institution.short_name,
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


def _turnaround(line: board.Turnaround, *, ranked: bool = True) -> dict[str, Any]:
    """A receiver; of too few referrals the counts alone, no share that could be compared."""
    median = words.DASH if line.median_minutes is None else words.num(line.median_minutes)
    punctual = line.punctual
    share = _("not assessed") if punctual is None else words.pct(punctual / 100)
    return {
        "place": line.institution.short_name, "received": line.received, "declined": line.declined,
        "ranked": ranked, "refusal": words.pct(line.refusal / 100), "punctual": share,
        "in_time": f"{line.in_time} / {line.due}", "undecided": _undecided(line.undecided), "median": median,
    }  # fmt: skip
