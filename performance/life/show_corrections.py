"""What the pages of statements and claw-backs show: differences by cause, who bears what, the floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.ledger import facts as books
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.life import forms, words
from performance.life.services import bearing
from performance.life.show_calendar import leads
from performance.models import Clawback, ClawbackShare, Statement, StatementLine
from performance.tolerance import exempting


def statements_seen(membership: Membership) -> QuerySet[Any]:
    """All for the whole alliance; an institution posted ones with a case of its own (second wall)."""
    rows = Statement.objects.select_related("file", "made_by__user", "approval", "journal")
    here = membership.institution_id
    if here is None:
        return rows
    own = StatementLine.objects.filter(institution=here).values("statement")
    return rows.filter(state=Statement.State.POSTED, pk__in=own)


def clawbacks_seen(membership: Membership) -> QuerySet[Any]:
    """All for the whole alliance; an institution posted ones that charge it (second wall)."""
    rows = Clawback.objects.select_related("statement", "made_by__user", "approval", "journal")
    here = membership.institution_id
    if here is None:
        return rows
    own = ClawbackShare.objects.filter(institution=here).values("clawback")
    return rows.filter(state=Clawback.State.POSTED, pk__in=own)


def lines_seen(row: Statement, membership: Membership) -> QuerySet[Any]:
    """Cases of a statement; an institution its own."""
    rows = StatementLine.objects.filter(statement=row).select_related("case", "institution", "result")
    here = membership.institution_id
    return rows if here is None else rows.filter(institution=here)


@dataclass(frozen=True)
class CauseLine:
    """A cause of the difference: how many cases, how much."""

    name: str
    cases: int | None
    fen: int


def statement(
    row: Statement, membership: Membership, given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One statement: expected, paid, the difference by cause, its cases, what may be done."""
    lines = lines_seen(row, membership)
    sums = lines.aggregate(expected=Sum("expected_fen"), paid=Sum("paid_fen"), rejected=Sum("rejected_fen"))
    expected, paid = sums["expected"] or 0, sums["paid"] or 0
    differing = lines.filter(~Q(rest_fen=0) | Q(rejected_fen__gt=0)).order_by("institution__code", "pk")
    whole = membership.institution_id is None
    return {
        "title": _("Insurer's statement %(document)s") % {"document": row.document}, "row": row,
        "chip": words.booked_chip(row), "whole": whole, "causes": causes(row, lines, whole=whole),
        "lines": list(differing[:SHOWN]), "count": differing.count(), "most": SHOWN,
        "figs": [
            parts.Fig(_("Expected"), web_words.yuan(expected), _("yuan")),
            parts.Fig(_("Paid by the insurer"), web_words.yuan(paid), _("yuan")),
            parts.Fig(_("Difference"), web_words.yuan_diff(paid - expected), _("yuan"), bad=paid < expected),
            parts.Fig(_("Rejected"), web_words.yuan(sums["rejected"] or 0), _("yuan")),
        ],
        "facts": _facts(row, whole=whole), "history": parts.history(row),
        "actions": booked_actions(row, membership, "statement"),
        "charge": charge(row, membership, given or {}),
        "clawbacks": list(clawbacks_seen(membership).filter(statement=row)),
    }  # fmt: skip


SHOWN = 200  # cases with a difference that are named; the others are counted


def causes(row: Statement, lines: QuerySet[Any], *, whole: bool) -> list[CauseLine]:
    """What the difference comes from; of one institution its own cases."""
    names = dict(StatementLine.Cause.choices)
    found = []
    for cause, label in names.items():
        rows = lines.filter(cause=cause).exclude(rest_fen=0)
        fen = rows.aggregate(fen=Sum("rest_fen"))["fen"]
        if fen is not None:
            found.append(CauseLine(str(label), rows.count(), fen))
    refused = lines.filter(rejected_fen__gt=0)
    if fen := refused.aggregate(fen=Sum("rejected_fen"))["fen"]:
        found.append(CauseLine(pgettext("cause", "rejected"), refused.count(), -fen))
    if whole and row.other_fen:
        found.append(CauseLine(row.other_why, None, row.other_fen))
    return found


def _facts(row: Statement, *, whole: bool) -> list[parts.Fact]:
    found = [
        parts.Fact(_("belongs to"), web_words.month(row.month)),
        parts.Fact(_("posted into"), web_words.month(row.into)),
        parts.Fact(_("stage"), str(row.get_stage_display())),
    ]
    if whole:
        found.append(parts.Fact(_("total of the statement (yuan)"), web_words.yuan(row.total_fen)))
        found.append(parts.Fact(_("file of the statement"), str(row.file)))
    found.append(parts.Fact(_("entered by"), str(row.made_by.user)))
    return found


def booked_actions(row: Any, membership: Membership, name: str) -> list[parts.Action]:
    """Propose or discard a draft; the approval of one that waits; its journal."""
    found = []
    if row.state == "draft" and leads(membership):
        url = reverse(f"{name}-act", args=[row.pk, "propose"]) + f"?version={row.version}"
        found.append(parts.Action(_("Propose for approval"), url, "up", "primary"))
        url = reverse(f"{name}-act", args=[row.pk, "discard"])
        found.append(parts.Action(_("Discard"), url, "x", "danger"))
    if row.approval is not None and (url := way(membership, "approval", row.approval.pk)):
        found.append(parts.Action(_("Approval"), url, "scale", get=True))
    if row.journal is not None and (url := way(membership, "ledger-journal", row.journal.pk)):
        found.append(parts.Action(_("Ledger journal"), url, "ledger", get=True))
    return found


def charge(row: Statement, membership: Membership, given: Mapping[str, Any]) -> Any:
    """The form that charges confirmed rejections, while some of a posted statement are not charged."""
    if row.state != "posted" or not leads(membership):
        return None
    rows = uncharged(row)
    return given.get("form") or (clawback_form(rows) if rows else None)


def uncharged(row: Statement) -> list[StatementLine]:
    """Rejected cases of a statement nobody was charged for yet."""
    charged = ClawbackShare.objects.filter(line__statement=row).values("line")
    found = StatementLine.objects.filter(statement=row, rejected_fen__gt=0).exclude(pk__in=charged)
    return list(found.select_related("case", "institution", "result").order_by("pk"))


def clawback_form(rows: list[StatementLine], data: Any = None) -> forms.ClawbackForm:
    """Rejections with their amount and reason; all chosen to begin with."""
    lines = [
        (
            one.pk,
            f"{one.institution.short_name} · {one.result} · {web_words.yuan(one.rejected_fen)} · "
            f"{one.reason or web_words.DASH}",
        )
        for one in rows
    ]
    return forms.ClawbackForm(
        data, lines=lines, into=books.open_months(), initial={"lines": [one.pk for one in rows]}
    )


def clawback(row: Clawback, membership: Membership, form: Any = None) -> dict[str, Any]:
    """One claw-back: who bears each case, what the floor takes now and carries on."""
    rows = ClawbackShare.objects.filter(clawback=row).select_related(
        "line__case", "line__result", "institution", "department", "staff"
    )
    if membership.institution_id is not None:
        rows = rows.filter(institution=membership.institution_id)
    shares = list(rows.order_by("line", "pk"))
    people = membership.institution_id is None or membership.can("person_score.view")
    draft = row.state != Clawback.State.POSTED
    taken = bearing.taken(shares, row.open_month) if draft else []
    done = bearing.deducted(shares)
    exempt, due = exempting.of_shares([one.pk for one in shares]), exempting.left_of(shares)
    return {
        "title": _("Claw-back from %(document)s") % {"document": row.statement.document}, "row": row,
        "chip": words.booked_chip(row), "people": people, "draft": draft,
        "shares": [(one, _taken(one, taken, done, due[one.pk], draft=draft), exempt.get(one.pk))
                   for one in shares if people or one.bearer != ClawbackShare.Bearer.PERSON],
        "figs": [
            parts.Fig(
                str(label), web_words.yuan(sum(one.fen for one in shares if one.bearer == bearer)), _("yuan")
            )
            for bearer, label in ClawbackShare.Bearer.choices
        ],
        "facts": [
            parts.Fact(_("belongs to"), web_words.month(row.month)),
            parts.Fact(_("posted into"), web_words.month(row.into)),
            parts.Fact(_("reason"), row.reason), parts.Fact(_("entered by"), str(row.made_by.user)),
        ],
        "history": parts.history(row),
        "actions": [*booked_actions(row, membership, "clawback"), *_carry(row, membership, form)],
    }  # fmt: skip


def _taken(
    share: ClawbackShare, taken: list[bearing.Taken], done: Mapping[int, int], due: int, *, draft: bool
) -> tuple[int, int]:
    """Taken (or to be taken now) of a share and what is left to later months of what is `due` of it."""
    if share.bearer != ClawbackShare.Bearer.PERSON:
        return share.fen, 0
    if not draft:
        return done.get(share.pk, 0), max(0, due - done.get(share.pk, 0))
    found = next((one for one in taken if one.share.pk == share.pk), None)
    return (found.now_fen, found.later_fen) if found else (0, share.fen)


def _carry(row: Clawback, membership: Membership, form: Any) -> list[parts.Action]:
    """What the floor left goes into a later month, once somebody else agrees."""
    if row.state != Clawback.State.POSTED or not leads(membership) or not bearing.rest_of(row):
        return []
    months = [one for one in books.open_months() if one >= Month.of(row.month)]
    asked = form or forms.IntoForm(into=months, auto_id="carry-%s")
    url = reverse("clawback-act", args=[row.pk, "carry"])
    return [parts.Action(_("Carry the rest on…"), url, "arrow", form=asked)]
