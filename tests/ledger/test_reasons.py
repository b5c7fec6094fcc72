"""The reasons of entries speak the reader's language: every part that a room writes has its words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation

from alliance.ledger.tables import reason_name, reason_text
from performance.pay.words import FACTORS

ROOT = Path(__file__).parents[2]
ROOMS = (
    "alliance/equipment/services", "performance/services", "performance/dues", "performance/pay/services",
    "performance/appeals/services", "performance/payout/services", "performance/life/services",
)  # fmt: skip


def written() -> Iterator[str]:
    """The keys of every reason that is written with its rule, and what is joined to it."""
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                keys = {one.value for one in node.keys if isinstance(one, ast.Constant)}
                if keys & {"rule", "points_of_all", "owed_fen"} and "kind" not in keys:  # a pool has a kind
                    yield from map(str, keys)


def test_every_part_of_a_reason_has_its_chinese() -> None:
    found = {*written(), *FACTORS}
    assert {"pot_fen", "corrected_of_all", "entitled_fen", "back_fen", "case"} <= found
    with translation.override("zh-hans"):
        assert not sorted(key for key in found if reason_name(key).isascii())


def test_a_share_by_a_sheet_says_so_and_shows_its_factor_in_yuan() -> None:
    with translation.override("zh-hans"):
        said = reason_text({"rule": "share", "entitled_fen": "250000"})
        weighed = reason_text({"rule": "share", "score": "90", "basis_fen": 250000})
    assert said == "按测算单从基金池支付 · 测算单应得（元） 2,500.00"
    assert weighed.startswith("按权重分享基金池") and "2,500.00" in weighed
