"""The codes a reader accepts, and which existing codes lie near an unknown one."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Literal

from grouping.engine.case import CodeMaps
from grouping.engine.rows import Scheme

Edition = Literal["insurance", "clinical"]
SUGGESTED = 3
_NO_MAP: Mapping[str, str] = {}


@dataclass(frozen=True)
class Codes:
    """One kind of code: insurance-edition code -> name, and clinical-edition code -> insurance-edition code.

    `category` is the number of characters of a category, below which nothing is called near.
    """

    names: Mapping[str, str]
    clinical: Mapping[str, str] = field(default_factory=dict)
    category: int = 3

    def translation(self, edition: Edition) -> Mapping[str, str]:
        """What a code of this edition becomes; a code without an entry stays as it is (FORMAT 5.5)."""
        return self.clinical if edition == "clinical" else _NO_MAP

    def near(self, code: str, edition: Edition) -> tuple[tuple[str, ...], bool]:
        """Return up to three existing codes of the edition, and whether they continue `code` itself.

        When no code begins with `code`, ever shorter beginnings are tried down to the category.
        """
        for length in range(len(code), min(len(code), self.category) - 1, -1):
            found = self._beginning_with(code[:length], edition)
            if found and length >= self.category:
                return found, length == len(code)
        return (), False

    def _beginning_with(self, prefix: str, edition: Edition) -> tuple[str, ...]:
        codes = self._sorted_clinical if edition == "clinical" else self._sorted_names
        first = bisect_left(codes, prefix)
        return tuple(code for code in codes[first : first + SUGGESTED] if code.startswith(prefix))

    @cached_property
    def _sorted_names(self) -> list[str]:
        return sorted(self.names)

    @cached_property
    def _sorted_clinical(self) -> list[str]:
        return sorted(code for code, target in self.clinical.items() if target in self.names)


@dataclass(frozen=True)
class Dictionary:
    """The codes of one scheme. `operations`: the procedures that count as operations, None = every one."""

    diagnoses: Codes
    procedures: Codes
    operations: frozenset[str] | None = None

    def is_operation(self, code: str) -> bool:
        """Whether a procedure is an operation, and so needs a level."""
        return self.operations is None or code in self.operations


def dictionary_of(scheme: Scheme) -> Dictionary:
    """Return the dictionary of a scheme package.

    A package without diagnoses.csv or procedures.csv knows the codes of its lists and complications.
    """
    valid = scheme.lists.get("valid")
    return build_dictionary(
        diagnoses=scheme.diagnosis_names or _unnamed(_listed(scheme, "diagnosis"), scheme.complications),
        procedures=scheme.procedure_names or _unnamed(_listed(scheme, "procedure")),
        maps=scheme.maps,
        operations=valid.codes if valid else None,
    )


def build_dictionary(
    *,
    diagnoses: Mapping[str, str],
    procedures: Mapping[str, str],
    maps: CodeMaps | None = None,
    operations: frozenset[str] | None = None,
) -> Dictionary:
    """Return a dictionary from code -> name tables (insurance edition) and the maps of clinical codes."""
    maps = maps or CodeMaps()
    return Dictionary(
        diagnoses=Codes(diagnoses, maps.diagnoses, category=3),
        procedures=Codes(procedures, maps.procedures, category=4),
        operations=operations,
    )


def _listed(scheme: Scheme, kind: str) -> Iterable[str]:
    return chain.from_iterable(codes.codes for codes in scheme.lists.values() if codes.kind == kind)


def _unnamed(*codes: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(chain(*codes), "")
