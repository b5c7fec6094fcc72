"""A month with corrected facts: its shares, those of every pool its scores divided, and all below them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from alliance.ledger import facts as books
from alliance.ledger.models import Account
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Institution
from performance.accounts import institution_code, person_code
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import anew, cases, standing
from performance.appeals.services.deciding import Decision, Draft, FactKey
from performance.dues import flowing, sharing
from performance.dues.sharing import Shared
from performance.engine.month import MonthResult
from performance.engine.pay.steps import PayRefused
from performance.models import Appeal, AppealLine, Line, PayPool, Settlement
from performance.pay.services import limits
from performance.services.approving import source_code

Bearer = Appeal.Bearer
Facts = Mapping[tuple[str, str], Decimal]  # by institution code and name of the fact
DOWN: Mapping[str, Any] = {"rule": "pay.share"}  # why of what flows down from a corrected share


def drafts(lines: Sequence[AppealLine], decision: Decision) -> list[Draft]:
    """The month of an appeal computed anew from what it was frozen with and the corrected facts.

    Raises AppealRefused (not_frozen, fact, blocked, short, red_line, and what `cases.fixed` refuses).
    """
    found = corrected(lines, decision)
    if found is None:
        return []
    return of_facts(*found, decision.bearer, {line.institution_id for line in lines})


def corrected(lines: Sequence[AppealLine], decision: Decision) -> tuple[Settlement, Facts] | None:
    """The month's result and the facts a decision corrects, those that follow from its cases among them; None
    without any. Raises AppealRefused (not_frozen, and what `cases.fixed` refuses).
    """
    settlements = {
        row.settlement_id: row.settlement
        for row in (line.value or line.score for line in lines)
        if row is not None
    }
    wanted, found = {key[0] for key in decision.facts}, cases.fixed(lines, decision.cases)
    if found:
        own = cases.settlement_of(lines)
        settlements[own.pk] = own
        wanted.add(own.pk)
    if not wanted:
        return None
    if len(wanted) != 1 or not wanted <= settlements.keys():
        raise AppealRefused("not_frozen")
    settlement = settlements[wanted.pop()]
    more = cases.facts(settlement, found) if found else {}
    return settlement, {**more, **named(decision.facts)}


def named(facts: Mapping[FactKey, Decimal]) -> Facts:
    """Corrected facts without their month."""
    return {(code, name): value for (_settlement, code, name), value in facts.items()}


def results(settlement: Settlement, facts: Facts) -> tuple[MonthResult, MonthResult]:
    """The month as it stands with the corrections in the books, and with these facts as well."""
    earlier = standing.of_month(settlement).facts
    return anew.computed(settlement, earlier), anew.computed(settlement, {**earlier, **facts})


def of_facts(settlement: Settlement, facts: Facts, bearer: str, own: Collection[int]) -> list[Draft]:
    """What corrected facts move: between all, or of the `own` institutions (pk) alone, borne by the source.

    Raises AppealRefused (not_frozen, fact, blocked, short, red_line).
    """
    earlier = standing.of_month(settlement)
    so_far, right = results(settlement, facts)
    kept = [[*key, str(value)] for key, value in sorted(facts.items())]
    why = {"rule": "share", "settlement": settlement.pk, "facts": kept}
    only = None if bearer == Bearer.POT else set(own)
    shares = list(_shares(settlement, so_far, right, earlier, only, why))
    month = Month.of(settlement.month)
    try:
        shared = sharing.anew(month, sharing.scores_of(so_far), sharing.scores_of(right))
    except PayRefused:
        raise AppealRefused("blocked") from None
    more = list(_pools([one for one in shared if only is None or one.institution.pk in only], why))
    return [*shares, *more, *_downwards(month, [*shares, *more])]


def _shares(
    settlement: Settlement, so_far: MonthResult, right: MonthResult, earlier: standing.OfMonth,
    only: Collection[int] | None, why: Mapping[str, Any],
) -> Iterator[Draft]:  # fmt: skip
    """The month's own shares, and its source with what is left over."""
    before, after = ({one.institution: one.fen for one in found.lines} for found in (so_far, right))
    rows = Line.objects.filter(settlement=settlement).select_related("institution")
    moved = 0
    for row in rows.order_by("institution__code"):
        fen = after[row.institution.code] - before[row.institution.code]
        if not fen or (only is not None and row.institution_id not in only):
            continue
        moved += fen
        stands = (row.fen or 0) + earlier.fen.get(row.institution_id, 0)
        yield Draft(
            institution_code(row.institution), fen, row.institution, before_fen=stands,
            after_fen=stands + fen, why=why,
        )  # fmt: skip
    if moved:
        yield Draft(source_code(settlement), -moved, why=why)


def _pools(shared: Iterable[Shared], why: Mapping[str, Any]) -> Iterator[Draft]:
    """Shares of the pools the same scores divided, each pool in itself, and its account with what is left."""
    moved: dict[int, int] = defaultdict(int)
    found: dict[int, PayPool] = {}
    for one in shared:
        found[one.pool.pk] = one.pool
        moved[one.pool.pk] += one.fen
        yield Draft(
            institution_code(one.institution), one.fen, one.institution, pool=one.pool,
            before_fen=one.before_fen, after_fen=one.after_fen, why=why,
        )  # fmt: skip
    for pk, fen in moved.items():
        if fen:
            yield Draft(_source(found[pk], fen), -fen, pool=found[pk], why=why)


def _source(pool: PayPool, fen: int) -> str:
    """The source account of a pool, which holds what is taken of it. Raises AppealRefused (short)."""
    assert pool.fund is not None, "a pool shared by scores has a source account"
    held = books.balance(Account.objects.get(code=pool.fund.account))
    if held < fen:
        raise AppealRefused("short", pool=pool.title, balance=yuan(held, display=True),
                            fen=yuan(fen, display=True))  # fmt: skip
    code: str = pool.fund.account
    return code


def _downwards(month: Month, shares: Iterable[Draft]) -> Iterator[Draft]:
    """What corrected shares move below their institutions: who was paid by them gets or gives."""
    found = flowing.down(month, moves(shares))
    pots = {one.pot.pk: one.pot for one in found}
    for pk, fen in flowing.by_pot(found).items():
        if fen:
            pot = pots[pk]
            yield Draft(institution_code(pot.institution), -fen, pot.institution, pot=pot, why=DOWN)
    for one in found:
        person = one.line.staff if one.line else None
        yield Draft(
            person_code(person) if person else one.pot.account, one.fen,
            person.institution if person else None, person, one.line, None, one.pot, one.before_fen,
            one.after_fen, DOWN,
        )  # fmt: skip
    within_total(month, flowing.within_total(found))


def moves(shares: Iterable[Any]) -> flowing.Moves:
    """Of entries, drafted or stored, the institutions' shares that flow on."""
    return sharing.by_pool(
        (one.pool.pk if one.pool else None, one.institution.pk, one.fen)
        for one in shares if one.institution is not None
    )  # fmt: skip


def within_total(month: Month, more: Mapping[int, int]) -> None:
    """What persons get beyond what they had stays within the approved pay total (practice.md 6, N50)."""
    found = limits.over_total(month, more)
    if found is not None:
        place = Institution.objects.get(pk=found[0])
        raise AppealRefused(
            "red_line", institution=place.short_name, over=yuan(found[1], display=True), year=month.year
        )
