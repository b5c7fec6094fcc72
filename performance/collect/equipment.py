"""Facts of equipment: what an institution owns, lends and uses elsewhere (S2-06, S2-21, S3-06, S3-60)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from alliance.equipment import facts as equipment_books
from alliance.equipment.facts import InstitutionFact
from alliance.lib.period import Month
from alliance.models import Institution
from performance.collect.source import Ids, Keys, Source, total
from performance.engine.fact import Fact

DEVICE, USE = "device", "use"
# What a key sums and the name under which the facts keep the records behind it.
DEVICES: Mapping[str, tuple[Callable[[InstitutionFact], int], str]] = {
    "devices": (lambda fact: fact.count("devices"), "devices"),
    "large_devices": (lambda fact: fact.count("large"), "large"),
    "large_devices_shared": (lambda fact: fact.count("shared_large"), "shared_large"),
    "devices_duplicate": (lambda fact: fact.count("duplicates"), "duplicates"),
    "equipment_available_minutes": (lambda fact: fact.available_minutes, "devices"),
}
USES: Mapping[str, tuple[Callable[[InstitutionFact], int], str]] = {
    "uses_own": (lambda fact: fact.count("uses_own"), "uses_own"),
    "uses_lent": (lambda fact: fact.count("uses_lent"), "uses_lent"),
    "uses_elsewhere": (lambda fact: fact.count("uses_elsewhere"), "uses_elsewhere"),
    "equipment_used_minutes": (lambda fact: fact.used_minutes, "uses_own"),
    "equipment_lent_minutes": (lambda fact: fact.lent_minutes, "uses_lent"),
    "equipment_elsewhere_minutes": (lambda fact: fact.elsewhere_minutes, "uses_elsewhere"),
}
ALL = {**DEVICES, **USES}


def _reader(kind: str) -> Callable[[Month, Keys, Sequence[Institution]], Iterator[Fact]]:
    def read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
        for fact in equipment_books.institution_facts(month):
            for key in sorted(keys):
                value, ids = ALL[key]
                yield total(fact.institution, month, key, kind, value(fact), fact.ids[ids])

    return read


def _records(month: Month, key: str) -> Mapping[str, Ids]:
    return {fact.institution: fact.ids[ALL[key][1]] for fact in equipment_books.institution_facts(month)}


SOURCES = (
    Source(DEVICE, frozenset(DEVICES), _reader(DEVICE), _records, equipment_books.devices_named),
    Source(USE, frozenset(USES), _reader(USE), _records, equipment_books.uses_named),
)
