"""What was posted by mistake goes back as a whole, by two people (walls.md 2: reversal only).

The ledger's reversal is the one way: here stands what it asks of pay before it is posted, and what goes back
with it. Where something of a pool is in a lot, paid, deducted or corrected, nothing of it goes back: what is
wrong is corrected by an appeal or a correction of the month.
"""

from __future__ import annotations

from collections import defaultdict

from django.db.models import F, OuterRef, Subquery, Sum
from django.urls import reverse

from alliance.ledger import facts as books
from alliance.ledger import many, resting
from alliance.ledger.models import LedgerJournal
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal as journals
from alliance.services import steps
from alliance.web import words
from performance.models import Appeal, FundEntry, PayDeduction, PayDue, PayoutPart, PayPool, PayPot
from performance.pay.refusals import ReversalRefused
from performance.pay.services import entering, posting


def register() -> None:
    """Tell the ledger how journals of pay go back; called in the app's `ready()`."""
    resting.register(entering.FED, resting.WayBack(refuse_entry, undo_entry, _sources))
    resting.register(posting.POOL, resting.WayBack(refuse_pool, undo_pool, _pool))
    resting.register(posting.POT, resting.WayBack(refuse_pot, undo_pool, _pool_of_pot))


def refuse_entry(journal: LedgerJournal) -> None:
    """Raise ReversalRefused (spent): the fund no longer holds what the entry fed, or pools wait for it."""
    entry = FundEntry.objects.select_related("fund").get(journal=journal)
    held = books.balance_of([entry.fund.account]).get(entry.fund.account, 0)
    waiting = PayPool.objects.filter(fund=entry.fund, state=PayPool.State.PROPOSED)
    left = held - (waiting.aggregate(fen=Sum("fen"))["fen"] or 0)
    if left < entry.fen:
        raise ReversalRefused("spent", fund=entry.fund.name, held=yuan(left), fen=yuan(entry.fen))


def undo_entry(reversal: LedgerJournal, by: Membership, second: Membership) -> None:
    """The entry counts no more."""
    entry = FundEntry.objects.get(journal=reversal.reverses)
    FundEntry.objects.filter(pk=entry.pk).update(reversal=reversal)
    journals.write(by=by, verb="pay.fund_reversed", about=entry, fen=entry.fen, confirmed_by=second.pk)


def refuse_pool(journal: LedgerJournal) -> None:
    """Raise ReversalRefused (between, paid, corrected, appealed) where something has come of the pool that
    does not go back with it. Five queries.
    """
    pool = PayPool.objects.get(journal=journal)
    if pool.source == "between":
        raise ReversalRefused("between")
    parts = PayoutPart.objects.filter(line__pot__pool=pool, ended_at=None)
    if n := parts.values("payment").distinct().count():
        raise ReversalRefused("paid", n=n)
    deducted = PayDeduction.objects.filter(line__pot__pool=pool).exists()
    if deducted or PayDue.objects.filter(pot__pool=pool).exists():
        raise ReversalRefused("corrected", month=words.month(pool.month))
    running = Appeal.objects.running().filter(lines__pay_line__pot__pool=pool).distinct()
    if n := running.count():
        raise ReversalRefused("appealed", n=n)


def undo_pool(reversal: LedgerJournal, by: Membership, second: Membership) -> None:
    """The pots go back first, those in the books by a reversal each, then the pool; the money is where it
    came from and a pool may be made anew. The number of statements does not grow with the pots.
    """
    pool = PayPool.objects.select_for_update().get(journal=reversal.reverses)
    pots = list(PayPot.objects.select_for_update(of=("self",)).filter(pool=pool).order_by("pk"))
    written = LedgerJournal.objects.filter(pk__in=[pot.journal_id for pot in pots if pot.journal_id])
    many.reverse_all(
        by=by, confirmed_by=second, month=Month.of(reversal.period.month), text=reversal.text,
        journals=list(written.order_by("pk")),
    )  # fmt: skip
    _take_back(pots, by)
    steps.take(
        steps.open_now("reverse", pool), by=by, row=pool, verb="pay.pool_reversed", remark=reversal.text,
        reversal=reversal, said={"fen": pool.fen, "journal": reversal.pk},
    )  # fmt: skip


def _take_back(pots: list[PayPot], by: Membership) -> None:
    """All pots of a pool, with their deeds and steps, by the state each was in."""
    undone = LedgerJournal.objects.filter(reverses=OuterRef("journal")).values("pk")[:1]
    PayPot.objects.filter(pk__in=[pot.pk for pot in pots]).update(
        state=PayPot.State.REVERSED, version=F("version") + 1, reversal=Subquery(undone)
    )
    journals.write_all(by=by, verb="pay.pot_reversed", said=[(pot, {"fen": pot.fen}) for pot in pots])
    found: dict[str, list[PayPot]] = defaultdict(list)
    for pot in pots:
        found[pot.state].append(pot)
    for before, inside in found.items():
        journals.steps_all(by=by, about=inside, name="reverse", before=before, after=PayPot.State.REVERSED)


def refuse_pot(journal: LedgerJournal) -> None:
    """Raise ReversalRefused (pot): a pot goes back with its pool alone."""
    pool = PayPool.objects.get(pots__journal=journal)
    raise ReversalRefused("pot", pool=pool.title)


def _sources(journal: LedgerJournal) -> str:
    return reverse("pay-sources")


def _pool(journal: LedgerJournal) -> str:
    return reverse("pay-pool", args=[PayPool.objects.values_list("pk", flat=True).get(journal=journal)])


def _pool_of_pot(journal: LedgerJournal) -> str:
    pot = PayPot.objects.get(journal=journal)
    return reverse("pay-pool", args=[pot.pool_id])
