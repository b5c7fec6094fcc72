"""What the pages of the second distribution show: a pot, its plan, its people, a person's lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership, Staff
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from alliance.web.cells import chip
from performance.models import PayLine, PayMember, PayPot, PayReply
from performance.models.pay_sight import PERSONS, leads_all, sees_all
from performance.pay import before, forms, show, told, words

State = PayPot.State
# The steps of a pot by the address of their button.
ADDRESS = {
    "show": "show",
    "take_back": "take-back",
    "submit": "submit",
    "send_back": "send-back",
    "post": "post",
}
PRIMARY = ("show", "submit", "post")


@dataclass(frozen=True)
class Row:
    """One person of a pot under its plan, with what that person said."""

    line: PayLine
    url: str
    said: SafeString
    share: Decimal


def page(
    pot: PayPot, membership: Membership, now: datetime, given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One pot: where it came from, its plan and lines, what people said, what the member may do."""
    given = given or {}
    replies = list(PayReply.objects.filter(plan=pot.plan_id).select_related("staff", "answered_by__user"))
    mine = PayLine.objects.filter(plan=pot.plan_id, staff__user=membership.user_id).first()
    whole = sees_people(pot, membership)
    steps = actions(pot, membership, now, given)
    return {
        "title": pot.place, "pot": pot, "chip": words.pot_chip(pot), "chain": chain(pot, membership),
        "formula": [
            *show.group_lines(pot),
            words.line(_("this pot"), pot.above_fen, words.stored(pot), pot.weight_sum),
        ],
        "rows": rows(pot, membership, replies, whole), "whole": whole, "plan_facts": plan_facts(pot),
        "objections": objections(pot, membership, replies, whole, given), "mine": mine,
        "actions": [*steps, *answers(pot, membership, mine, replies, given)],
        "posting_said": told.posting_said(pot, membership, steps),
        "history": parts.history(pot), "writes": writes(pot, membership),
        "rooms": show.tabs("pay-pots", membership),
        "shown_said": told.shown_said(pot, now), "late_said": told.late_said(pot, now),
        "last_plan": before.last_plan(pot) if pot.state == State.OPEN else None,
        "early": pot.state == State.SHOWN and pot.shown_until is not None and now < pot.shown_until,
    }  # fmt: skip


def sees_people(pot: PayPot, membership: Membership) -> bool:
    """Whether all lines are open: to the office, to leaders, and to everybody of the pot while it is shown
    and after, as it is shown in the department (practice.md 4).
    """
    if pot.sides_of(membership):
        return True
    return PayLine.objects.filter(plan=pot.plan_id, staff__user=membership.user_id).exists()


def chain(pot: PayPot, membership: Membership) -> list[parts.ChainLink]:
    """From the pool through the institution to this pot."""
    links = show.origin(pot.pool, membership)
    top = [
        parts.ChainLink(one.level, one.name, one.fen, one.url, one.share, one.facts) for one in links[:-1]
    ]  # a link of the chain that is not where we are
    pool = parts.ChainLink(
        _("pool"), pot.pool.title, pot.pool.fen, way(membership, "pay-pool", pot.pool_id),
        facts=[parts.Fact(_("kind"), str(pot.pool.get_kind_display()))],
    )  # fmt: skip
    share = parts.ChainLink(
        _("institution"),
        pot.institution.name,
        pot.share.fen,
        _score(pot, membership),
        share=_percent(pot.share.fen, pot.pool.fen),
        facts=_less(pot.share.taken_fen),
    )
    group = parts.ChainLink(
        _("group"), words.group(pot.group), pot.above_fen, share=_percent(pot.above_fen, pot.share.net_fen)
    )
    own = parts.ChainLink(
        _("pot"), pot.place, pot.fen, share=_percent(pot.whole_fen, pot.above_fen), here=True,
        facts=[*_less(pot.taken_fen), parts.Fact(_("people"), web_words.num(len(pot.people)))],
    )  # fmt: skip
    return [*top, pool, share, group, own]


def _less(fen: int) -> list[parts.Fact]:
    """What is taken before it is divided, where anything is."""
    return [parts.Fact(_("taken for what is owed (yuan)"), web_words.yuan(fen))] if fen else []


def _score(pot: PayPot, membership: Membership) -> str:
    """Where the institution's share of a month is explained, down to its cases; '' for other pools."""
    if pot.pool.run_id is None or not membership.sees(pot.institution_id):
        return ""
    return way(membership, "month-why", str(pot.pool.period), pot.institution.code)


def _percent(part: int, whole: int) -> Decimal | None:
    return Decimal(round(Fraction(10_000 * part, whole))) / 100 if whole else None


def rows(pot: PayPot, membership: Membership, replies: list[PayReply], whole: bool) -> list[Row]:
    """The lines of the plan that counts; without a plan nothing, to strangers of the plan only their own."""
    lines = PayLine.objects.filter(plan=pot.plan_id).select_related("staff").order_by("staff__code")
    if not whole:
        lines = lines.filter(staff__user=membership.user_id)
    said = {one.staff_id: one for one in replies}
    return [
        Row(line, way(membership, "pay-person", line.staff_id), _said(said.get(line.staff_id)),
            _percent(line.fen, pot.fen) or Decimal(0))
        for line in lines
    ]  # fmt: skip


def _said(reply: PayReply | None) -> SafeString:
    if reply is None:
        return SafeString(web_words.DASH)
    if reply.agrees:
        return chip("ok", pgettext("pay", "agrees"))
    return chip("late" if reply.answered_at is None else "", _("objects"))


def plan_facts(pot: PayPot) -> list[parts.Fact]:
    """Who agreed, when, the minutes, how long it is shown."""
    if pot.plan is None:
        return []
    group = PayMember.objects.filter(plan=pot.plan).select_related("staff").order_by("staff__code")
    found = [
        parts.Fact(_("revision"), str(pot.plan.revision)),
        parts.Fact(_("the group met on"), web_words.day(pot.plan.agreed_on)),
        parts.Fact(_("group that agreed"), "、".join(one.staff.name for one in group) or web_words.DASH),
        parts.Fact(pgettext("pay", "minutes"), pot.plan.minutes),
    ]
    if pot.plan.zero_why:
        found.append(parts.Fact(_("why without points"), pot.plan.zero_why))
    if pot.plan.as_in is not None:
        said = _("as in %(month)s, taken as a proposal and agreed on by the group") % {
            "month": web_words.month(pot.plan.as_in.pot.pool.month)
        }
        found.append(parts.Fact(pgettext("pay", "points"), said))
    if pot.shown_until is not None:
        found.append(parts.Fact(_("shown until"), web_words.until(pot.shown_until)))
    if pot.submitted_by is not None:
        said = f"{pot.submitted_by.user} {web_words.moment(pot.submitted_at)}"
        found.append(parts.Fact(_("submitted by"), said))
    return found


def writes(pot: PayPot, membership: Membership) -> bool:
    """Whether the member may write the plan or its next revision."""
    return any(one.name == "write" for one in pot.steps_for(membership)) and pot.pool.state == "posted"


def actions(
    pot: PayPot, membership: Membership, now: datetime, given: Mapping[str, Any]
) -> list[parts.Action]:
    """The steps from here the member may take; submitting only after its days."""
    found = []
    for one in pot.steps_for(membership):
        name = ADDRESS.get(one.name)
        early = one.name == "submit" and pot.shown_until is not None and now < pot.shown_until
        own = (
            one.name == "post"
            and pot.submitted_by is not None
            and pot.submitted_by.user_id == membership.user_id
        )
        if name is None or early or own:
            continue
        url = reverse("pay-pot-act", args=[pot.pk, name]) + f"?version={pot.version}"
        form = given.get(name) or (forms.WhyForm(auto_id=f"{name}-%s") if "back" in name else None)
        kind = "primary" if one.name in PRIMARY else ""
        found.append(parts.Action(str(one.custom["label"]), url, one.custom["icon"], kind, form=form))
    return found


def answers(
    pot: PayPot,
    membership: Membership,
    mine: PayLine | None,
    replies: list[PayReply],
    given: Mapping[str, Any],
) -> list[parts.Action]:
    """A person of the pot agrees or objects while the plan is shown."""
    if mine is None or pot.state != State.SHOWN:
        return []
    said = {one.agrees for one in replies if one.staff_id == mine.staff_id}
    found = []
    if True not in said:
        url = reverse("pay-pot-act", args=[pot.pk, "agree"])
        found.append(parts.Action(_("I agree"), url, "check", "" if False in said else "primary"))
    if False not in said:
        form = given.get("object") or forms.ObjectForm(auto_id="object-%s")
        url = reverse("pay-pot-act", args=[pot.pk, "object"])
        found.append(parts.Action(_("I object…"), url, "flag", form=form))
    return found


def objections(
    pot: PayPot, membership: Membership, replies: list[PayReply], whole: bool, given: Mapping[str, Any]
) -> list[tuple[PayReply, list[parts.Action]]]:
    """Objections with their answers; the form of an answer for who leads and did not object."""
    leads = (
        "head" in pot.sides_of(membership) and membership.can("pay.distribute") and pot.state == State.SHOWN
    )
    found = []
    for one in replies:
        if one.agrees or not (whole or one.staff.user_id == membership.user_id):
            continue
        acts = []
        if leads and one.answered_at is None and one.staff.user_id != membership.user_id:
            form = given.get(f"answer-{one.pk}") or forms.AnswerForm(auto_id=f"answer{one.pk}-%s")
            url = reverse("pay-answer", args=[pot.pk, one.pk])
            acts.append(parts.Action(_("Answer…"), url, "msg", form=form))
        found.append((one, acts))
    return found


def sheet(pot: PayPot) -> dict[str, Any]:
    """The distribution on A4 with lines for those who sign it."""
    lines = PayLine.objects.filter(plan=pot.plan_id).select_related("staff").order_by("staff__code")
    points = sum((line.points for line in lines), Decimal(0))
    return {
        "title": _("Second distribution of the department"), "pot": pot,
        "lines": list(enumerate(lines, start=1)), "points": points, "plan_facts": plan_facts(pot),
        "replies": PayReply.objects.filter(plan=pot.plan_id, agrees=True).count(),
    }  # fmt: skip


def lines(whose: Q, membership: Membership) -> QuerySet[Any]:
    """The lines that count of some persons, in pots the member sees; newest month first."""
    seen = PayPot.objects.seen_by(membership).filter(state__in=PayPot.WITH_LINES)
    rows: QuerySet[Any] = (
        PayLine.objects.filter(whose, pot__in=seen.values("pk"), plan__in=seen.values("plan"))
        .select_related("pot__pool", "pot__institution", "pot__department", "pot__team", "staff")
        .order_by("-pot__pool__month", "pot__pool__kind", "pk")
    )
    return rows


def people_seen(membership: Membership) -> QuerySet[Any]:
    """Staff whose lines a member may open: oneself, those one leads, all for the alliance's office."""
    rows = Staff.objects.select_related("institution", "department")
    here = membership.institution_id
    if sees_all(membership):
        return rows
    own = Q(user=membership.user_id) if here is None else Q(user=membership.user_id, institution=here)
    if leads_all(membership):
        return rows.filter(own | Q(institution=here))
    if membership.can(PERSONS) and membership.department_id is not None:
        return rows.filter(own | Q(institution=here, department=membership.department_id))
    return rows.filter(own)
