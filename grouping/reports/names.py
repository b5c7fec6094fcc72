"""Names of diseases as a report writes them, from the dictionary of the scheme in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from grouping.engine.dip import Combination, combination
from grouping.engine.rows import Scheme as Package
from grouping.services import schemes


class Names:
    """Names of combinations: the first diagnosis of the four characters, and the procedures."""

    def __init__(self, package: Package | None) -> None:
        self._heads = _heads(_Held(package)) if package else {}
        self._procedures: Mapping[str, str] = package.procedure_names if package else {}

    def of(self, disease: Combination) -> str:
        """Diagnosis and procedures in words, as far as the dictionary knows them."""
        named = [
            self._heads.get(disease.head, ""),
            *(self._procedures.get(p, "") for p in disease.procedures),
        ]
        return " + ".join(filter(None, named))


def on(day: date) -> Names:
    """The names of the scheme in force on a day; none where there is no scheme or its files differ."""
    try:
        return Names(schemes.package(schemes.in_force(day)))
    except schemes.NoScheme:
        return Names(None)


class _Held:
    """A package as an argument of a cache: two with one digest are one."""

    def __init__(self, package: Package) -> None:
        self.package = package

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self.package.digest == other.package.digest

    def __hash__(self) -> int:
        return hash(self.package.digest)


@lru_cache(maxsize=4)
def _heads(held: _Held) -> dict[str, str]:
    found: dict[str, str] = {}
    for code in sorted(held.package.diagnosis_names):
        found.setdefault(combination(code, ()).head, held.package.diagnosis_names[code])
    return found
