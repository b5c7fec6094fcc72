"""A bank's answer against what was sent: what matches, what differs, what is unknown or missing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alliance.lib.money import Fen
from performance.engine.payout.layouts import Layout, Said, means


@dataclass(frozen=True, slots=True)
class Sent:
    """A payment as it left: id, reference, token of its account, amount, state, whether an earlier answer to
    it still waits, and what an earlier answer says of it that waits to be posted ("" nothing).
    """

    pk: int
    reference: str
    account_key: str
    fen: Fen
    state: str
    waits: bool = False
    promised: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """A row of the answer, or a payment it leaves out: kind, payment, what follows ("" nothing yet)."""

    number: int
    kind: str
    payment: int | None
    said: Said | None
    expected_fen: Fen | None
    action: str = ""


def match(layout: Layout, told: Sequence[tuple[Said, str]], sent: Iterable[Sent]) -> list[Matched]:
    """Compare row by row; `told` pairs each row with the token of its account ("" without).

    By the reference, else by the account where it was sent one payment of that amount. A payment named twice
    matches once. A row that says what an earlier answer says is a repeat and needs nothing; one that says
    otherwise contradicts it and stands alone. Payments with the bank that no row names are missing, behind
    the last row, unless an earlier answer to them waits.
    """
    everything = list(sent)
    by_reference = {one.reference.casefold(): one for one in everything}
    found: list[Matched] = []
    used: set[int] = set()
    for said, key in told:
        one = by_reference.get(said.reference.casefold()) or _by_account(everything, key, said.fen, used)
        if one is None:
            found.append(Matched(said.number, "unknown", None, said, None))
            continue
        if one.pk in used:
            found.append(Matched(said.number, "twice", one.pk, said, one.fen))
            continue
        used.add(one.pk)
        found.append(_judged(layout, said, one))
    last = max((said.number for said, _key in told), default=0)
    missing = [one for one in everything if one.pk not in used and one.state == "exported" and not one.waits]
    return found + [
        Matched(number, "missing", one.pk, None, one.fen)
        for number, one in enumerate(missing, start=last + 1)
    ]


def _by_account(sent: Sequence[Sent], key: str, fen: Fen | None, used: set[int]) -> Sent | None:
    """The payment into an account; where there are several, the one of that amount."""
    mine = [one for one in sent if key and one.account_key == key and one.pk not in used]
    same = [one for one in mine if one.fen == fen]
    return same[0] if len(same) == 1 else mine[0] if len(mine) == 1 else None


def _judged(layout: Layout, said: Said, one: Sent) -> Matched:
    if said.fen != one.fen:
        return Matched(said.number, "amount", one.pk, said, one.fen)
    meaning = means(layout, said.state)
    if not meaning:
        return Matched(said.number, "unclear", one.pk, said, one.fen)
    if meaning == (one.promised or one.state):
        return Matched(said.number, "repeat", one.pk, said, one.fen, one.promised or "noted")
    follows = {"exported": ("paid", "returned"), "paid": ("returned",)}.get(one.state, ())
    if one.promised or meaning not in follows:
        return Matched(said.number, "contrary", one.pk, said, one.fen)
    return Matched(said.number, "matched", one.pk, said, one.fen, meaning)
