"""Where two values differ, as lines that name the path and both numbers. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from alliance.lib.canonical import to_plain
from performance.bundle.told import Told

Entry = tuple[str, int]  # account, signed fen


def differences(stored: Any, found: Any, path: str) -> Iterator[str]:
    """Compare plain values part by part; lists of another length differ as a whole."""
    if isinstance(stored, Mapping) and isinstance(found, Mapping):
        for key in sorted({*stored, *found}):
            yield from differences(stored.get(key), found.get(key), f"{path}.{key}")
    elif isinstance(stored, list) and isinstance(found, list) and len(stored) == len(found):
        for place, pair in enumerate(zip(stored, found, strict=True)):
            yield from differences(*pair, f"{path}[{place}]")
    elif stored != found:
        yield Told("says", path=path, stored=_short(stored), found=_short(found))


def same(stored: Any, found: Any, path: str) -> Iterator[str]:
    """As `differences`, of a value as it is computed (decimals, months) against plain data."""
    yield from differences(stored, to_plain(found), path)


def known(row: Mapping[str, Any], kinds: Collection[str], path: str) -> Iterator[str]:
    """A row of a kind that bundles have."""
    if row["row"] not in kinds:
        yield Told("strange", path=f"{path}.row", found=row["row"], kinds=", ".join(sorted(kinds)))


def entries(stored: Sequence[Any], wanted: Sequence[Entry], path: str) -> Iterator[str]:
    """Entries of a journal against those that follow from the figures, whatever their order."""
    have: dict[str, int] = {}
    for entry in stored:
        have[entry["account"]] = have.get(entry["account"], 0) + entry["fen"]
    want: dict[str, int] = {}
    for account, fen in wanted:
        want[account] = want.get(account, 0) + fen
    for account in sorted({*have, *want}):
        if have.get(account, 0) != want.get(account, 0):
            said = {"stored": have.get(account, 0), "found": want.get(account, 0)}
            yield Told("says", path=f"{path}.entries[{account}]", **said)


def _short(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 160 else f"{text[:157]}..."
