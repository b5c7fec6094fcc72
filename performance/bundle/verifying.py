"""From the file of a month to `identical`: every byte, every number, every journal, without the system.

The month is settled again from its frozen inputs, each pool divided again down to the person, the books
summed again, the journal's chain followed. Whoever changes a yuan and mends the digests is found by that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from alliance.lib.canonical import CanonicalRefused, to_plain
from alliance.lib.refusal import Refused
from performance.bundle import books, chain, opinions, payments, pools
from performance.bundle.archive import Archive, BundleRefused
from performance.bundle.differing import differences
from performance.bundle.ground import Ground, crew
from performance.bundle.steps import Steps
from performance.bundle.told import Told
from performance.engine.settlement import recompute

MOST_DIFFERENCES = 20
INPUTS, RESULT, RULES, ROSTER = "inputs.json", "result.json", "rules.json", "roster.jsonl"
LOTS, JOURNAL, OPINIONS = "lots.jsonl", "journal.jsonl", "opinions.jsonl"
LEDGER, ACCOUNTS = "ledger/journals.jsonl", "ledger/accounts.jsonl"
WHOLE = (INPUTS, RESULT, RULES, ROSTER, LOTS, LEDGER, ACCOUNTS, JOURNAL)


@dataclass(frozen=True, slots=True)
class Verified:
    """What the recomputation found: empty `differences` mean that everything follows from the inputs.

    `unproved` names pools that add up to the fen, but some of whose people are registered otherwise since
    (another kind, another team): the frozen roster alone does not give their pots. `unchecked` says what
    nothing in the file proves.
    """

    month: str
    run: int
    state: str
    digest: str
    inputs_digest: str
    result_digest: str
    lines: int
    differences: tuple[str, ...]
    unproved: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


def verify(path: Path) -> Verified:
    """Check and recompute a bundle. Raises BundleRefused where the file is no bundle at all."""
    held = Archive(path)
    said = Said()
    found = tuple(islice(_all(held, said), MOST_DIFFERENCES))
    head = held.manifest
    return Verified(
        str(head.get("month")), head.get("run", 0), str(head.get("state")), held.digest, said.inputs,
        said.result, said.lines, found, tuple(said.unproved),
        tuple(said.unchecked),
    )  # fmt: skip


@dataclass(slots=True)
class Said:
    """What is told beside the differences."""

    inputs: str = ""
    result: str = ""
    lines: int = 0
    unproved: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


def _all(held: Archive, said: Said) -> Iterator[str]:
    altered = False
    for place in held.altered():
        altered = True
        yield place
    try:
        yield from _recomputed(held, said)
    except (Refused, CanonicalRefused) as error:
        yield Told("altered") if altered else Told("cannot", error=error)
    except LookupError as error:
        yield Told("altered") if altered else Told("key", error=error)
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        yield Told("altered") if altered else Told("kind", error=error)


def _recomputed(held: Archive, said: Said) -> Iterator[str]:
    missing = [name for name in WHOLE if name not in held.names]
    if missing:
        yield Told("missing", names=", ".join(missing))
        return
    result = yield from _month(held, said)
    rules = held.value(RULES)
    posts = crew(held.lines(ROSTER))
    summed, paid = books.Books(), payments.Payments()
    yield from paid.read(held.lines(LOTS))
    ground = Ground(result, rules, posts)
    for name in held.names:
        if name.startswith("pay/"):
            made = pools.Pool(name, ground)
            yield from made.check(held.lines(name), summed, paid)
            said.lines += made.lines
            if made.unproved:
                said.unproved.append(name)
    yield from ground.versions()
    yield from ground.totals()
    yield from ground.transfers.check()
    yield from books.journals(held.lines(LEDGER), result, rules["funds"], summed)
    yield from paid.books(summed.fen)
    yield from summed.balances(held.lines(ACCOUNTS))
    taken = Steps(held.manifest)
    yield from chain.check(held.lines(JOURNAL), held.manifest, taken)
    yield from taken.check(summed.posted)
    yield from taken.deeds.check(result["month"], summed.heads)
    yield from taken.deeds.made(ground.pools)
    yield from taken.deeds.planned(ground.plans)
    said.unchecked.extend(taken.unchecked(bool(summed.posted)))
    # A bundle from before opinions were handed out names none and has no such member.
    yield from opinions.check(held.lines(OPINIONS) if OPINIONS in held.names else (), held.manifest)
    if held.manifest.get("opinions"):
        said.unchecked.append(Told("open_opinions"))


def _month(held: Archive, said: Said) -> Any:
    """Settle the frozen inputs again; returns the result as plain data."""
    head, inputs, stored = held.manifest, held.value(INPUTS), held.value(RESULT)
    try:
        result = recompute(inputs)
    except (Refused, CanonicalRefused) as error:
        raise BundleRefused("file", problem=Told("unsettled", path=INPUTS, error=error)) from error
    said.inputs, said.result = result.inputs_digest, result.digest
    plain: Any = to_plain(result)
    yield from differences(stored, plain, RESULT)
    yield from differences(head.get("inputs_digest"), result.inputs_digest, "manifest.json.inputs_digest")
    yield from differences(head.get("result_digest"), result.digest, "manifest.json.result_digest")
    yield from differences(head.get("month"), plain["month"], "manifest.json.month")
    yield from differences(head.get("scheme_digest"), result.scheme_digest, "manifest.json.scheme_digest")
    return plain
