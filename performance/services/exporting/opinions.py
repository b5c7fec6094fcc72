"""What third parties signed about the month, as rows of a bundle: records by their names here, no words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from performance.services.exporting.pseudonyms import Pseudonyms


def head(found: Sequence[Any]) -> list[dict[str, str]]:
    """What the manifest says: of whom, which verdict, by which digest it was signed."""
    return [
        {"institution": one.institution.code, "verdict": one.verdict, "digest": one.digest} for one in found
    ]


def rows(found: Sequence[Any], hidden: Pseudonyms) -> Iterator[dict[str, Any]]:
    """Each opinion with its draw and what each record was found to be."""
    for one in found:
        yield {
            "institution": one.institution.code, "verdict": one.verdict, "digest": one.digest,
            "seed": one.seed, "size": one.size, "population": one.population,
            "evaluator": hidden.name("M", one.drawn_by.user_id), "signed_at": one.signed_at,
            "records": [
                {"place": item.place, "record": hidden.name("R", item.case_id), "found": item.found}
                for item in sorted(one.items.all(), key=lambda item: item.place)
            ],
        }  # fmt: skip
