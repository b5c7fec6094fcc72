"""A package with other weights and notes, made from the package as it is: nothing else is read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from grouping.engine.case import CodeMaps
from grouping.engine.rows import Drg, Scheme


def with_groups(scheme: Scheme, changes: Mapping[str, Mapping[str, str]], digest: str) -> Scheme:
    """The package with some cells of drg.csv changed: DRG -> {"weight", "note"} as written there.

    `digest` is that of the changed package (grouping.engine.scheme.digest_of). The result says what reading
    the changed files would say; rows that stay are the same objects.
    """
    drgs = {adrg: tuple(_changed(row, changes) for row in rows) for adrg, rows in scheme.drgs.items()}
    return replace(scheme, drgs=drgs, digest=digest)


def groups_only(scheme: Scheme) -> Scheme:
    """The package with its groups and rules, without codes, complications and dictionaries.

    A page of weights needs these few hundred rows, not the hundreds of thousands beside them.
    """
    return replace(
        scheme, lists={}, complications={}, exclusions={}, sites={}, diagnosis_names={}, procedure_names={},
        maps=CodeMaps({}, {}),
    )  # fmt: skip


def _changed(row: Drg, changes: Mapping[str, Mapping[str, str]]) -> Drg:
    values = changes.get(row.code)
    if not values:
        return row
    weight = row.weight
    if "weight" in values:
        weight = Decimal(values["weight"]) if values["weight"] else None
    return replace(row, weight=weight, note=values.get("note", row.note))
