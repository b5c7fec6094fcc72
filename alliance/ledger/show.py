"""What the pages of the ledger show: figures that tie, facts of a journal, buttons through approvals."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.ledger import evidence, facts, forms, proposals, resting
from alliance.ledger.models import Entry, LedgerJournal, Period
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.web import words
from alliance.web.parts import Action, Fact, Fig, Tab
from alliance.web.refused import worded

SHOWN_MONTHS = 12


def journals_of(membership: Membership, month: Month | None) -> QuerySet[LedgerJournal]:
    """The journals of a month (None: all) a member may know, newest first, with what the list shows."""
    undone = LedgerJournal.objects.filter(reverses=OuterRef("pk"))
    rows: QuerySet[LedgerJournal] = (
        seen(membership)
        .annotate(undone=Exists(undone))
        .select_related("posted_by__user", "confirmed_by__user")
        .order_by("-pk")
    )
    return rows if month is None else rows.filter(period__month=month.first_day)


def seen(membership: Membership) -> QuerySet[LedgerJournal]:
    """The journals with at least one entry the member may know."""
    rows: QuerySet[LedgerJournal] = LedgerJournal.objects.all()
    if membership.institution_id is None:
        return rows
    return rows.filter(Exists(Entry.objects.seen_by(membership).filter(journal=OuterRef("pk"))))


def month_figures(membership: Membership, month: Month) -> list[Fig]:
    """Journals, entries, money moved, and that it ties; for one institution what it received in sum."""
    found = facts.month_sums(month, month, seen_by=membership)
    sums = found[0] if found else facts.MonthSums(month, 0, 0, 0, 0)
    whole = membership.institution_id is None
    label = _("sum of all entries") if whole else _("debit less credit")
    return [
        Fig(_("ledger journals"), words.num(sums.journals)),
        Fig(_("ledger entries"), words.num(sums.entries)),
        Fig(_("moved"), words.yuan(sums.debit_fen), _("yuan")),
        Fig(label, words.yuan(sums.sum_fen), _("yuan"), bad=whole and sums.sum_fen != 0),
    ]


def month_tabs(chosen: Month | None) -> list[Tab]:
    """The latest months as views, and all of them together."""
    shown = facts.months()[:SHOWN_MONTHS]
    tabs = [
        Tab(words.month(str(month)), f"{reverse('ledger')}?month={month}", month == chosen) for month in shown
    ]
    return [*tabs, Tab(_("all months"), f"{reverse('ledger')}?month=all", chosen is None)]


def closing(membership: Membership, month: Month | None) -> dict[str, Any]:
    """The state of a month's books, its open proposal, and the button to propose closing it."""
    period = Period.objects.filter(month=month.first_day).first() if month else None
    if period is None:
        return {}
    waiting = proposals.waiting(proposals.CLOSE, period.pk) if period.state == Period.State.OPEN else None
    may = membership.can("ledger.close") and membership.institution_id is None
    free = period.state == Period.State.OPEN and waiting is None
    button = Action(_("Propose to close the month"), f"{reverse('ledger-close')}?month={month}", "lock")
    return {"period": period, "waits": waiting, "actions": [button] if may and free else []}


def journal_page(journal: LedgerJournal, membership: Membership, bound: Any = None) -> dict[str, Any]:
    """Head facts, what it is about, whether it is reversed, and the button to propose its reversal."""
    reversal = journal.reversed_by.first()
    waiting = proposals.waiting(proposals.REVERSE, journal.pk)
    free = reversal is None and waiting is None and membership.can("ledger.reverse")
    rests = refusal(journal) if free else ""
    return {
        "title": f"{evidence.journal_name(journal.kind)} {journal.pk}", "journal": journal,
        "head": head_facts(journal), "reversal": reversal, "waits": waiting,
        "rests": rests, "room": resting.room(journal) if rests or waiting else "",
        "actions": reversing(journal, membership, free and not rests, bound),
    }  # fmt: skip


def refusal(journal: LedgerJournal) -> str:
    """Why the journal is not reversed as things stand, in words; "" where two people may."""
    try:
        resting.refuse_rested(journal)
    except Refused as error:
        return worded(error)
    return ""


def head_facts(journal: LedgerJournal) -> list[Fact]:
    """Who answered for it, what it rests on."""
    original = journal.reverses
    lines = [
        Fact(_("month"), words.month(journal.period.month), f"{reverse('ledger')}?month={journal.period}"),
        Fact(_("belongs to"), words.month(journal.about_month)),
        Fact(_("moved (yuan)"), words.yuan(journal.debit_fen)),
        Fact(_("posted by"), str(journal.posted_by.user)),
        Fact(_("confirmed by"), str(journal.confirmed_by.user)),
        Fact(_("posted at"), words.moment(journal.posted_at)),
        Fact(_("rule version"), journal.rule_version or "—"),
        Fact(_("code version"), journal.code_version or "—"),
        Fact(_("digest of the inputs"), journal.inputs_digest or "—"),
        Fact(_("digest of the journal"), journal.body_digest),
    ]
    if original is not None:
        lines.insert(
            0, Fact(_("reverses journal"), str(original.pk), reverse("ledger-journal", args=[original.pk]))
        )
    return lines


def reversing(journal: LedgerJournal, membership: Membership, free: bool, bound: Any) -> list[Action]:
    """The button to propose a reversal; absent where it is not free, or is not this member's."""
    if not free or membership.institution_id is not None:
        return []
    url = reverse("ledger-reverse", args=[journal.pk])
    form = bound or forms.ReverseForm(months=facts.open_months())
    return [Action(_("Propose the reversal"), url, "undo", "danger", form=form)]
