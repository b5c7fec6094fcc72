"""What third parties signed about a month, in its bundle, against itself and the manifest (S3-24). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from performance.bundle.differing import differences
from performance.bundle.told import Told

SAID = ("institution", "verdict", "digest")


def check(rows: Iterable[tuple[str, dict[str, Any]]], head: Mapping[str, Any]) -> Iterator[str]:
    """Each looked at as many records as were drawn, none twice; the manifest names exactly these opinions."""
    told = []
    for path, row in rows:
        records = row["records"]
        yield from differences(row["size"], len(records), f"{path}.size")
        yield from differences(
            [one["place"] for one in records], list(range(1, len(records) + 1)), f"{path}.place"
        )
        yield from differences(len({one["record"] for one in records}), len(records), f"{path}.record")
        if row["size"] > row["population"]:
            said = {"size": row["size"], "population": row["population"]}
            yield Told("drawn", path=f"{path}.population", **said)
        other = sum(one["found"] != "confirmed" for one in records)
        if row["verdict"] == "true" and other:
            yield Told("not_true", path=f"{path}.verdict", other=other)
        told.append({name: row[name] for name in SAID})
    yield from differences(head.get("opinions", []), told, "manifest.json.opinions")
