"""What third parties signed about a month, in its bundle, against itself and the manifest (S3-24). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from performance.bundle.differing import differences

SAID = ("institution", "verdict", "digest")
UNCHECKED = (
    "opinions of third parties: their digests cover record numbers and words that stay in the house; checked "
    "is that each looked at every record drawn and says true only where all were confirmed"
)


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
            yield f"{path}.population: {row['size']} records drawn of {row['population']}"
        other = sum(one["found"] != "confirmed" for one in records)
        if row["verdict"] == "true" and other:
            yield f"{path}.verdict: true, {other} records were not confirmed"
        told.append({name: row[name] for name in SAID})
    yield from differences(head.get("opinions", []), told, "manifest.json.opinions")
