"""What pages show of a deduction: its way into the books and out of the pools, and what may be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.ledger import facts as books
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.deductions import facts
from performance.deductions.facts import Progress
from performance.deductions.forms import IntoForm
from performance.deductions.services import charging
from performance.life.show_calendar import leads
from performance.models import Consequence, PayCharge, PayTaken

State = PayCharge.State


@dataclass(frozen=True)
class Step:
    """One line of a deduction's way: what, with which month, how much (fen), where it opens ('': nowhere)."""

    what: str
    month: str
    fen: int
    url: str
    said: str


def effect(row: Consequence, found: Progress) -> str:
    """What a decided deduction does, in one sentence."""
    if row.state == Consequence.State.LIFTED:
        return _("An appeal was upheld: the whole deduction is lifted.")
    if found.charge is None:
        return _("Decided, not charged yet: two people charge it, then the next bonus pools take it.")
    if found.charge.state != State.POSTED:
        return _("Decided; its charge waits for a second person.")
    said = {"taken": web_words.yuan(found.taken_fen), "rest": web_words.yuan(abs(found.rest_fen))}
    if found.rest_fen < 0:
        return _("Taken: %(taken)s yuan, of which %(rest)s yuan come back with the next bonus pool.") % said
    if found.rest_fen:
        return _("Taken: %(taken)s yuan; %(rest)s yuan wait for the next bonus pools.") % said
    return _("Taken in full: %(taken)s yuan.") % said


def way_of(found: Progress, member: Membership) -> list[Step]:
    """The steps of a deduction in their order: charged, taken month by month, lifted."""
    steps = []
    if found.charge is not None and found.charge.state == State.POSTED:
        one = found.charge
        steps.append(
            Step(_("charged to the institution"), web_words.month(one.into), one.fen, *_journal(one, member))
        )
    for part in found.taken:
        what = _("taken of its share") if part.fen > 0 else _("given back with its share")
        steps.append(Step(what, web_words.month(part.pool.month), part.fen, *_journal(part.pool, member)))
    for lift in found.lifts:
        number = _("appeal %(number)d") % {"number": lift.appeal_id}
        url = way(member, "appeal", lift.appeal_id)
        at, what = web_words.month(lift.appeal.month), pgettext("deduction", "lifted")
        steps.append(Step(what, at, -lift.fen, url, number))
    return steps


def _journal(row: Any, member: Membership) -> tuple[str, str]:
    """Where its journal opens, and its number in words."""
    number = _("ledger journal %(number)d") % {"number": row.journal_id}
    return way(member, "ledger-journal", row.journal_id), number


def actions(
    row: Consequence, found: Progress, member: Membership, given: Mapping[str, Any]
) -> list[parts.Action]:
    """Charge a decided deduction; propose a declined one again, or discard it."""
    if not leads(member) or charging.left_of(row) <= 0:
        return []
    charge = found.charge
    if charge is None:
        months = books.open_months()
        if not months:
            return []
        form = given.get("charge") or IntoForm(into=months, auto_id="charge-%s")
        url = reverse("deduction-charge", args=[row.pk])
        return [parts.Action(_("Charge it in the books…"), url, "ledger", "primary", form=form)]
    if charge.state == State.PROPOSED and (url := way(member, "approval", charge.approval_id)):
        return [parts.Action(_("Approval"), url, "scale", get=True)]
    if charge.state != State.DRAFT:
        return []
    url = reverse("deduction-act", args=[charge.pk, "propose"]) + f"?version={charge.version}"
    gone = reverse("deduction-act", args=[charge.pk, "discard"])
    return [
        parts.Action(_("Propose for approval"), url, "up", "primary"),
        parts.Action(_("Discard"), gone, "x", "danger"),
    ]


@dataclass(frozen=True)
class MonthLine:
    """One line of a month: whose, for what, charged or taken (fen), what waits on, its journal."""

    whose: str
    what: str
    charged: int | None
    taken: int | None
    rest: int | None
    url: str
    said: str


def month(at: Month, member: Membership) -> list[MonthLine]:
    """What a month charged and took of institutions and departments; two queries."""
    found = facts.of_month(at, member)
    lines = [
        MonthLine(
            one.institution.short_name, str(one.consequence.get_kind_display()), one.fen, None, None,
            *_journal(one, member),
        )
        for one in found.charges
    ]  # fmt: skip
    for part in found.taken:
        lines.append(MonthLine(
            _whose(part), reason(part), None, part.fen, part.owed_fen - part.fen, *_journal(part.pool, member)
        ))  # fmt: skip
    return lines


def _whose(part: PayTaken) -> str:
    place, unit = part.share.institution.short_name, part.account.department
    return f"{place} · {unit.name}" if unit else place


def reason(part: PayTaken) -> str:
    """What something was taken for."""
    if part.charge is not None:
        return str(part.charge.consequence.get_kind_display())
    return pgettext("taken", "rejections of the insurer charged to it")


def summary(approval: Approval) -> registry.Summary:
    """What the second person reads before agreeing to a charge."""
    row = PayCharge.objects.select_related("consequence", "institution").get(pk=approval.about_id)
    found = [
        parts.Fact(_("institution"), row.institution.name),
        parts.Fact(_("consequence"), str(row.consequence.get_kind_display())),
        parts.Fact(_("amount (yuan)"), web_words.yuan(row.fen)),
        parts.Fact(_("belongs to"), web_words.month(row.month)),
        parts.Fact(_("posted into"), web_words.month(row.into)),
        parts.Fact(_("then taken of"), _("the bonus pools that follow, within a part of each share")),
    ]
    return registry.Summary(
        "approvals/_subject.html", {"facts": found}, reverse("consequence", args=[row.consequence_id]),
        registry.within(Consequence.objects.seen_by, row.consequence_id),
    )  # fmt: skip
