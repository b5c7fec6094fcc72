"""What the generator knows to be true of its own files and referrals; a product must find the same."""

from collections import Counter
from datetime import timedelta

from alliance.demo import declared
from alliance.demo.books import Arrivals, CaseFile, Expected, Return
from alliance.demo.moves import RETURN_DAYS
from alliance.demo.plans import DATA_END, Draft, Plan
from alliance.demo.values import Place, Referral, Stay, StayKey
from alliance.lib.period import Month


def expect(
    draft: Draft,
    stays: dict[Plan, Stay],
    referrals: dict[int, Referral],
    files: tuple[CaseFile, ...],
) -> Expected:
    """Put together what was planned: returns, bounces, arrivals, late answers (definitions 1 and 4)."""
    returns = tuple(sorted((_return(stays[a], stays[b]) for a, b in draft.returns), key=lambda r: r.again))
    last_index = DATA_END.date() - timedelta(days=RETURN_DAYS)
    early = {stay.key for stay in stays.values() if stay.discharged.date() <= last_index}
    of_move = {id(move): referrals[place] for place, move in enumerate(draft.moves)}
    bounces = ((of_move[id(down)].number, of_move[id(up)].number) for down, up in draft.bounces)
    return Expected(
        counts=declared.count(draft.places, list(stays.values())),
        stored=declared.count(draft.places, stored(files)),
        persons=len({plan.patient.number for plan in draft.plans}),
        returns=returns,
        readmissions=tuple(pair for pair in returns if pair.index in early and pair.days <= RETURN_DAYS),
        bounces=tuple(sorted(bounces)),
        arrivals=_arrivals(draft.places, tuple(referrals.values())),
        late_referrals=tuple(sorted(referral.number for referral in referrals.values() if referral.late)),
    )


def stored(files: tuple[CaseFile, ...]) -> list[Stay]:
    """The stays in the sound rows of the files, each file replaced by the one that corrects it."""
    replaced = {file.corrects for file in files}
    current = [file for file in files if file.name not in replaced]
    return [
        stay
        for file in current
        for line, (stay, _) in enumerate(file.rows, 2)
        if line not in {bad.line for bad in file.bad}
    ]


def spared(draft: Draft, stays: dict[Plan, Stay]) -> frozenset[StayKey]:
    """The stays on which an expected result rests: no fault is planted in them."""
    pairs = [*draft.returns, *((move.before, move.after) for move in draft.moves)]
    return frozenset(stays[plan].key for pair in pairs for plan in pair if plan)


def _return(index: Stay, again: Stay) -> Return:
    return Return(index.key, again.key, (again.admitted.date() - index.discharged.date()).days)


def _arrivals(places: tuple[Place, ...], referrals: tuple[Referral, ...]) -> tuple[Arrivals, ...]:
    tally: Counter[tuple[str, Month, str]] = Counter()
    for referral in referrals:
        if referral.arrived_at:
            month = Month.of(referral.arrived_at)
            tally[referral.origin, month, f"{referral.direction} sent"] += 1
            tally[referral.target, month, f"{referral.direction} received"] += 1
    return tuple(
        Arrivals(place.code, month, *(tally[place.code, month, kind] for kind in _KINDS))
        for month in sorted({month for _, month, _ in tally})
        for place in places
        if any(tally[place.code, month, kind] for kind in _KINDS)
    )


_KINDS = ("up sent", "up received", "down sent", "down received")
