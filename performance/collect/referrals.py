"""Facts of referrals; a move inside one paid unit counts once, for its sender.

What indicators divide is who arrived without the ineffective ones (S3-49); what arrived at all stands beside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from alliance.lib.period import Month
from alliance.models import Institution
from performance.collect.source import Ids, Keys, Part, Parts, Source, Why, count, total
from performance.engine.fact import Fact
from referrals import facts as referral_books

REFERRAL, VISITS = "referral", "visit_count"
PRIMARY_VISITS = "primary_visits"


def _read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    for code, ids in referral_ids(month, keys).items():
        for key in sorted(keys):
            yield count(code, month, key, REFERRAL, ids[key])


def _records(month: Month, key: str) -> Mapping[str, Ids]:
    return _sifted(month, key)[0]


def _sifted(month: Month, key: str) -> tuple[Mapping[str, Ids], Mapping[str, Why]]:
    """The referrals a measure counts, and the ineffective ones it leaves out with what was found of each."""
    found, flagged = _judged(month, {key})
    arrived = referral_books.EFFECTIVE.get(key)
    counted = {code: ids[key] for code, ids in found.items()}
    left = {
        code: {one: flagged[one].why for one in ids[arrived] if one in flagged}
        for code, ids in found.items()
        if arrived is not None
    }
    return counted, left


def referral_ids(month: Month, keys: Collection[str]) -> dict[str, dict[str, Ids]]:
    """Ids of the referrals behind each measure, by institution and measure; empty where there were none.

    Those of `referrals.facts.JUDGED` only where `keys` asks for one. A move between a township and its own
    village rooms stays inside one paid unit: it counts once, for its sender.
    """
    return _judged(month, keys)[0]


def _judged(
    month: Month, keys: Collection[str]
) -> tuple[dict[str, dict[str, Ids]], Mapping[int, referral_books.Finding]]:
    rows = referral_books.referral_facts(month)
    inside = _inside_units(rows)
    found = {
        row.institution: {
            name: tuple(one for one in row.ids.get(name, ()) if not (_is_arrival(name) and one in inside))
            for name in referral_books.MEASURES
        }
        for row in rows
    }
    if not referral_books.JUDGED & set(keys):
        return found, {}
    flagged = referral_books.ineffective(month)
    return {code: {**ids, **referral_books.judged(ids, flagged)} for code, ids in found.items()}, flagged


def _part(month: Month, keys: Keys, ids: frozenset[int]) -> Parts:
    """How many of some referrals each measure counts."""
    return {
        (code, key): Part(counted, counted)
        for code, behind in referral_ids(month, keys).items()
        for key in keys
        if (counted := len(ids.intersection(behind[key])))
    }


def _is_arrival(measure: str) -> bool:
    return measure.endswith("_arrived_received")


def _inside_units(rows: list[referral_books.ReferralFact]) -> frozenset[int]:
    """Referrals that arrived in the unit they came from."""
    sent: dict[int, set[int]] = defaultdict(set)
    received: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        for direction in ("up", "down"):
            sent[row.unit_id].update(row.ids.get(f"{direction}_arrived_sent", ()))
            received[row.unit_id].update(row.ids.get(f"{direction}_arrived_received", ()))
    return frozenset(one for unit, ids in sent.items() for one in ids & received[row.unit_id])


def _visits(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    """Visits of the primary institutions as they reported them; who has not yet is missing, not 0."""
    for code, row in referral_books.visits(month).items():
        value = None if row is None else row.visits
        yield total(code, month, PRIMARY_VISITS, VISITS, value, () if row is None else (row.pk,))


def _visit_ids(month: Month, key: str) -> Mapping[str, Ids]:
    return {code: (row.pk,) for code, row in referral_books.visits(month).items() if row is not None}


SOURCES = (
    Source(REFERRAL, referral_books.KEYS, _read, _records, referral_books.named, sifted=_sifted, part=_part),
    Source(VISITS, frozenset({PRIMARY_VISITS}), _visits, _visit_ids, referral_books.visits_named),
)
