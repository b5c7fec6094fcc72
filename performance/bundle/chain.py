"""The slice of the journal about a month: each row carries the hash of all rows before it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from alliance.lib.canonical import canonical
from performance.bundle.differing import differences
from performance.bundle.steps import Steps


def first(head: Mapping[str, Any]) -> str:
    """Where the chain of a month begins."""
    return hashlib.sha256(f"xietong.month {head['alliance']} {head['month']}".encode()).hexdigest()


def after(before: str, row: Mapping[str, object]) -> str:
    """The next link: the hash of the one before with the row."""
    return hashlib.sha256(before.encode() + canonical(row)).hexdigest()


def chained(head: Mapping[str, Any], rows: Iterable[Mapping[str, object]]) -> Iterator[dict[str, object]]:
    """The rows, each with its link."""
    link = first(head)
    for row in rows:
        link = after(link, row)
        yield {**row, "chain": link}


def check(rows: Iterable[tuple[str, dict[str, Any]]], head: Mapping[str, Any], steps: Steps) -> Iterator[str]:
    """Follow the chain; its end stands in the manifest, so that no row at the end can be left out. Each row
    passes `steps`.
    """
    link = first(head)
    for path, row in rows:
        stored = row.pop("chain")
        steps.passes(row)
        link = after(link, row)
        yield from differences(stored, link, f"{path}.chain")
        link = stored
    yield from differences(head.get("journal"), link, "manifest.json.journal")
