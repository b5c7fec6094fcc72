"""The file of a month: frozen inputs, result and digests, recomputed by anybody without a database.

Pure: no Django, no clock, no database; `manage.py verify_month FILE` and an auditor's own script use this.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from alliance.lib.canonical import CanonicalRefused, canonical, digest, to_plain
from alliance.lib.refusal import Refused
from performance.engine.settlement import recompute

KIND, FORMAT = "xietong.month", 1
MOST_DIFFERENCES = 20
HEAD = ("alliance", "month", "run", "code_version", "scheme", "scheme_version", "scheme_digest")


class BundleRefused(Refused):
    """The file is not a month that can be recomputed; the reason."""

    reasons = {
        "json": "The file is not JSON: %(problem)s.",
        "kind": "The file is not an exported month of format %(format)s.",
        "inputs": "The frozen inputs cannot be read: %(problem)s",
    }


@dataclass(frozen=True, slots=True)
class Verified:
    """What the recomputation found: empty `differences` mean that every number follows from the inputs."""

    month: str
    run: int
    inputs_digest: str
    result_digest: str
    differences: tuple[str, ...]


def bundle(head: Mapping[str, object], *, inputs: bytes, result: Mapping[str, Any]) -> bytes:
    """The file as canonical JSON: what the month is (`HEAD`), frozen inputs, result, both digests."""
    frozen = json.loads(inputs)
    return canonical(
        {
            **{name: head[name] for name in HEAD},
            "kind": KIND,
            "format": FORMAT,
            "inputs": frozen,
            "inputs_digest": digest(frozen),
            "result": result,
            "result_digest": digest(result),
        }
    )


def verify(content: bytes) -> Verified:
    """Recompute a month from its file and compare both digests and every number. Raises BundleRefused."""
    held = _read(content)
    try:
        result = recompute(held["inputs"])
    except (Refused, CanonicalRefused) as error:
        raise BundleRefused("inputs", problem=str(error)) from error
    found = [
        *_digest("inputs", held["inputs_digest"], result.inputs_digest),
        *_digest("result", held["result_digest"], result.digest),
        *differences(held["result"], to_plain(result)),
    ]
    return Verified(
        str(result.month), held["run"], result.inputs_digest, result.digest, tuple(found[:MOST_DIFFERENCES])
    )


def _read(content: bytes) -> dict[str, Any]:
    try:
        held = json.loads(content)
    except ValueError as error:
        raise BundleRefused("json", problem=str(error)) from error
    wanted = {*HEAD, "inputs", "inputs_digest", "result", "result_digest"}
    if not isinstance(held, dict) or held.get("kind") != KIND or held.get("format") != FORMAT:
        raise BundleRefused("kind", format=FORMAT)
    if wanted - set(held) or not isinstance(held["inputs"], dict):
        raise BundleRefused("kind", format=FORMAT)
    return held


def _digest(name: str, stored: object, found: str) -> Iterator[str]:
    if stored != found:
        yield f"digest of the {name}: the file says {stored}, recomputed {found}"


def differences(stored: Any, found: Any, path: str = "result") -> Iterator[str]:
    """Where two results differ, as lines that name the place and both numbers."""
    if isinstance(stored, Mapping) and isinstance(found, Mapping):
        for key in sorted({*stored, *found}):
            yield from differences(stored.get(key), found.get(key), f"{path}.{key}")
    elif isinstance(stored, list) and isinstance(found, list) and len(stored) == len(found):
        for place, pair in enumerate(zip(stored, found, strict=True)):
            yield from differences(*pair, f"{path}[{place}]")
    elif stored != found:
        yield f"{path}: the file says {stored}, recomputed {found}"
