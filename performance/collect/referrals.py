"""Facts of referrals; a move inside one paid unit counts once, for its sender."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from alliance.lib.period import Month
from alliance.models import Institution
from performance.collect.source import Ids, Keys, Source, count
from performance.engine.fact import Fact
from referrals import facts as referral_books

REFERRAL = "referral"


def _read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    for code, ids in referral_ids(month).items():
        for key in sorted(keys):
            yield count(code, month, key, REFERRAL, ids[key])


def _records(month: Month, key: str) -> Mapping[str, Ids]:
    return {code: ids[key] for code, ids in referral_ids(month).items()}


def referral_ids(month: Month) -> dict[str, dict[str, tuple[int, ...]]]:
    """Ids of the referrals behind each measure, by institution and measure; empty where there were none.

    A move between a township and its own village rooms stays inside one paid unit: it counts once, for its
    sender.
    """
    rooms = Institution.objects.filter(kind=Institution.Kind.VILLAGE, parent__isnull=False)
    home = dict(rooms.values_list("pk", "parent_id"))
    rows = referral_books.referral_facts(month)
    inside = _inside_units(rows, home)
    return {
        row.institution: {
            name: tuple(one for one in row.ids.get(name, ()) if not (_is_arrival(name) and one in inside))
            for name in referral_books.MEASURES
        }
        for row in rows
    }


def _is_arrival(measure: str) -> bool:
    return measure.endswith("_arrived_received")


def _inside_units(rows: list[referral_books.ReferralFact], home: Mapping[int, int | None]) -> frozenset[int]:
    """Referrals that arrived in the unit they came from."""
    sent: dict[int, set[int]] = defaultdict(set)
    received: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        unit = home.get(row.institution_id) or row.institution_id
        for direction in ("up", "down"):
            sent[unit].update(row.ids.get(f"{direction}_arrived_sent", ()))
            received[unit].update(row.ids.get(f"{direction}_arrived_received", ()))
    return frozenset(one for unit, ids in sent.items() for one in ids & received[unit])


SOURCES = (Source(REFERRAL, frozenset(referral_books.MEASURES), _read, _records, referral_books.named),)
