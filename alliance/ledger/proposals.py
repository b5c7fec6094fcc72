"""Closing a month and reversing a journal through approvals: one proposes, it is done when another agrees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Max, Sum
from django.urls import reverse as address
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals import chains, registry
from alliance.approvals import facts as approvals
from alliance.approvals import services as approval_services
from alliance.approvals.models import Approval
from alliance.ledger import errors, evidence, resting, services
from alliance.ledger.models import LedgerJournal, Period
from alliance.lib.canonical import digest
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import words
from alliance.web.parts import Fact

CLOSE, REVERSE = "ledger.close", "ledger.reverse"


def propose_closing(*, by: Membership, month: Month, on: date) -> Approval:
    """Propose to close a month for good; `on` chooses the version of the chain.

    Raises NoPeriod, PeriodClosed, ChainUnknown, AlreadyProposed, TooFewDeciders.
    """
    period = Period.objects.filter(month=month.first_day).first()
    if period is None:
        raise errors.NoPeriod(month=month)
    if period.state == Period.State.CLOSED:
        raise errors.PeriodClosed(month=month)
    chain = chains.in_force(chains.TWO_PEOPLE, on=on, kind=CLOSE)
    return approval_services.propose(
        by=by, kind=CLOSE, about=period, chain=chain, digest=period_digest(period.pk)
    )


def propose_reversal(
    *, by: Membership, journal: LedgerJournal, month: Month, text: str, on: date
) -> Approval:
    """Propose to reverse a journal into an open month, with the reason (冲正).

    Raises AlreadyReversed, RoomRests, what the room that can take its rows back refuses, ChainUnknown,
    AlreadyProposed, TooFewDeciders.
    """
    services.refuse_second_reversal(journal)
    resting.refuse_rested(journal)
    chain = chains.in_force(chains.TWO_PEOPLE, on=on, kind=REVERSE)
    return approval_services.propose(
        by=by, kind=REVERSE, about=journal, chain=chain, digest=journal.body_digest,
        terms={"month": str(month), "text": text},
        arguments={"kind": journal.kind, "number": journal.pk, "month": str(Month.of(journal.about_month))},
    )  # fmt: skip


def waiting(kind: str, about_id: int) -> Approval | None:
    """The open proposal about a period or a journal, if there is one."""
    found: Approval | None = Approval.objects.filter(
        kind=kind, about_id=about_id, state=Approval.State.OPEN
    ).first()
    return found


def register() -> None:
    """Make both deeds known to approvals; called in the app's `ready()`."""
    evidence.name_journals(services.REVERSAL, gettext_lazy("reversal"))
    closing, reversing = gettext_lazy("Close the books of a month"), gettext_lazy("Reverse a journal")
    registry.register(
        CLOSE,
        name=closing,
        digest=lambda approval: period_digest(approval.about_id),
        summary=_closing_summary,
    )
    registry.register(
        REVERSE, name=reversing, digest=_journal_digest, summary=_reversal_summary, title=_reversal_title
    )
    registry.on_decided(CLOSE, close)
    registry.on_decided(REVERSE, reverse)


def close(approval: Approval, by: Membership) -> None:
    """The second person has agreed: close the month."""
    if approval.state != Approval.State.APPROVED:
        return
    period = Period.objects.get(pk=approval.about_id)
    second = approvals.second_person(approval)
    services.close_period(by=approval.proposed_by, confirmed_by=second, month=Month.of(period.month))


def reverse(approval: Approval, by: Membership) -> None:
    """The second person has agreed: post the mirror image; what stands on the journal goes back with it."""
    if approval.state != Approval.State.APPROVED:
        return
    journal = LedgerJournal.objects.get(pk=approval.about_id)
    resting.refuse_rested(journal)
    first, second = approval.proposed_by, approvals.second_person(approval)
    posted = services.reverse(
        by=first, confirmed_by=second, text=approval.terms["text"], journal=journal,
        month=Month.parse(approval.terms["month"]),
    )  # fmt: skip
    resting.undone(posted.journal, first, second)


def period_digest(period_id: int) -> str:
    """What is posted in a period: it changes with every journal, so nobody closes more than they saw."""
    posted = LedgerJournal.objects.filter(period=period_id)
    sums = posted.aggregate(journals=Count("pk"), last=Max("pk"), debit=Sum("debit_fen"))
    return digest({"period": period_id, **sums})


def _reversal_title(arguments: Mapping[str, Any]) -> str:
    return _("%(kind)s, journal %(number)s, %(month)s") % {
        "kind": evidence.journal_name(str(arguments["kind"])), "number": arguments["number"],
        "month": words.month(str(arguments["month"])),
    }  # fmt: skip


def _journal_digest(approval: Approval) -> str:
    found: str = LedgerJournal.objects.values_list("body_digest", flat=True).get(pk=approval.about_id)
    return found


def _closing_summary(approval: Approval) -> registry.Summary:
    period = Period.objects.get(pk=approval.about_id)
    sums = LedgerJournal.objects.filter(period=period).aggregate(journals=Count("pk"), debit=Sum("debit_fen"))
    lines = [
        Fact(_("month"), words.month(period.month)),
        Fact(_("ledger journals"), str(sums["journals"])),
        Fact(_("moved (yuan)"), words.yuan(sums["debit"] or 0)),
        Fact(_("after that"), _("the month is never changed again; corrections go into an open month")),
    ]
    url = f"{address('ledger')}?month={Month.of(period.month)}"
    return registry.Summary("approvals/_subject.html", {"facts": lines}, url)


def _reversal_summary(approval: Approval) -> registry.Summary:
    journal = LedgerJournal.objects.select_related("period").get(pk=approval.about_id)
    lines = [
        Fact(_("ledger journal"), str(journal.pk)),
        Fact(_("kind"), evidence.journal_name(journal.kind)),
        Fact(_("posted in"), words.month(journal.period.month)),
        Fact(_("moved (yuan)"), words.yuan(journal.debit_fen)),
        Fact(_("reversed into"), words.month(approval.terms["month"])),
        Fact(_("reason"), approval.terms["text"]),
    ]
    return registry.Summary(
        "approvals/_subject.html", {"facts": lines}, address("ledger-journal", args=[journal.pk])
    )
