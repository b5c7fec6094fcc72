"""What pools take of shares and pots for what is owed, as rows of a bundle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from performance.deductions.services import taking
from performance.models import PayPool, PayTaken

Row = dict[str, Any]


def head(pool: PayPool) -> Row:
    """The most of a share or pot a pool takes, in percent, where it takes of any."""
    if not PayTaken.objects.filter(pool=pool).exists():
        return {}
    return {"most_taken": taking.percent(pool.period)}


def rows(pool: PayPool, pots: Mapping[int, str]) -> Iterator[Row]:
    """One row a part taken, in the order of the debts; `pots` names pots by their key."""
    found = PayTaken.objects.filter(pool=pool).select_related("account", "share__institution").order_by("pk")
    for one in found:
        yield {
            "row": "taken", "institution": one.share.institution.code,
            "pot": pots[one.pot_id] if one.pot_id else "", "account": one.account.code,
            "debt_fen": one.owed_fen, "fen": one.fen,
        }  # fmt: skip
