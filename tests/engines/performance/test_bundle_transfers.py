"""The verifier follows each evidence from pool to pool: base x percent, and nothing of it paid twice."""

from __future__ import annotations

from typing import Any

from performance.bundle.transfers import Transfers


def told(*rows: tuple[int, dict[str, Any]]) -> list[str]:
    found = Transfers()
    for number, change in rows:
        row = {
            "payer": "A01", "payee": "B02", "evidence": "referral", "record": "R1", "percent": "60",
            "base_fen": 1_000, "paid_fen": 0, "fen": 600,
        }  # fmt: skip
        found.take({"kind": "down_transfer", "number": number}, f"pay/{number}", {**row, **change})
    return [str(one) for one in found.check()]


def test_a_row_goes_on_where_the_one_before_has_left_its_evidence() -> None:
    less = {"base_fen": 900, "paid_fen": 600, "fen": -60}
    gone = {"base_fen": 0, "paid_fen": 540, "fen": -540}
    assert told((1, {}), (2, less), (10, gone)) == told((10, gone), (2, less), (1, {})) == []
    assert told((1, {}), (2, {"record": "R2"})) == []
    assert told((1, {}), (2, {})) == ["pay/2.paid_fen: the file says 0, recomputed 600"]
    assert told((1, {"fen": 601})) == ["pay/1.fen: the file says 601, recomputed 600"]
    assert told((1, {}), (2, less | {"fen": -61})) == ["pay/2.fen: the file says -61, recomputed -60"]


def test_a_bundle_of_earlier_days_holds_each_evidence_once() -> None:
    found = Transfers()
    row = {"payer": "A", "payee": "B", "evidence": "consultation", "record": "R1", "percent": None,
           "base_fen": 9, "fen": 9}  # fmt: skip
    found.take({"kind": "service", "number": 1}, "pay/1", row)
    assert list(found.check()) == []
