"""The month worked by hand, from the delivered files to the ledger: every number is the paper's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from alliance.ledger.facts import lines_of, trial_balance
from performance.models import IndicatorValue, Line, MonthRun, Score
from performance.services import months
from tests.engines.performance.reading import WORDS  # noqa: F401  (the paper's signs)
from tests.goldens.hand.golden import FOLDER, GIVEN, number, read
from tests.goldens.hand.product import Office

EXPECTED, DIGESTS = read("expected.toml"), read("digests.toml")


@pytest.fixture
def office(own_database: str, tmp_path: Path) -> Iterator[Office]:
    with override_settings(MEDIA_ROOT=tmp_path):
        office = Office()
        office.prepare()
        yield office


def written(formula: dict[str, Any]) -> str:
    """A stored line as text, as the paper writes it."""
    words = [
        token["text"] if token["kind"] == "sign" else "?" if token["value"] is None else str(token["value"])
        for token in formula["tokens"]
    ]
    return " ".join(words)


def plain(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.normalize()


def test_files_to_ledger_every_number_is_the_papers(office: Office) -> None:
    run = office.compute()
    assert run.state == MonthRun.State.COMPUTED, run.refusal
    with office.inside():
        assert run.settlement is not None
        frozen = json.loads(run.settlement.frozen())
        assert frozen["facts"] == json.loads((FOLDER / "frozen.json").read_bytes())["facts"]
        assert run.settlement.frozen() == (FOLDER / "frozen.json").read_bytes().strip()
        assert (run.settlement.inputs_digest, run.settlement.result_digest) == (
            DIGESTS["inputs"],
            DIGESTS["result"],
        )
        check_values(run)
        check_scores(run)
        check_lines(run)
    run = office.post(run)
    with office.inside():
        check_books(run)
        again = months.recompute(run.settlement)
        assert again.identical and again.found == DIGESTS["result"]


def check_values(run: MonthRun) -> None:
    rows = IndicatorValue.objects.filter(settlement=run.settlement).select_related("institution")
    found = {(row.institution.code, row.indicator): row for row in rows}
    paper = {(code, key): one for code, keys in EXPECTED["values"].items() for key, one in keys.items()}
    assert found.keys() == paper.keys()
    for place, one in paper.items():
        row = found[place]
        assert (plain(row.value), row.reason and row.reason["code"]) == (
            plain(number(one["value"])) if "value" in one else None, one.get("reason"),
        )  # fmt: skip
        assert (row.numerator, row.denominator) == (
            number(one.get("numerator")),
            number(one.get("denominator")),
        )
        assert written(row.formula) == one["line"]


def check_scores(run: MonthRun) -> None:
    rows = Score.objects.filter(settlement=run.settlement).select_related("institution")
    found = {
        (row.institution.code, row.indicator): (
            row.score,
            row.weight_in_effect,
            row.limited,
            written(row.formula),
        )
        for row in rows
    }
    assert found == {
        (code, key): (
            number(one.get("score")),
            number(one.get("weight")),
            one.get("limited", ""),
            one["line"],
        )
        for code, keys in EXPECTED["scores"].items()
        for key, one in keys.items()
    }


def check_lines(run: MonthRun) -> None:
    rows = {row.institution.code: row for row in Line.objects.filter(settlement=run.settlement)}
    for code, paper in EXPECTED["totals"].items():
        row = rows[code]
        assert (row.column, row.status, row.score) == (
            paper["column"],
            paper["status"],
            Decimal(paper["score"]),
        )
        assert {one["dimension"]: one["points"] for one in row.dimensions} == paper["dimensions"]
    for code, paper in EXPECTED["lines"].items():
        row = rows[code]
        assert (row.weight, row.quota) == (Decimal(paper["weight"]), Decimal(paper["quota"]))
        assert (row.fen, row.remainder_rank, row.got_extra_fen) == (
            paper["fen"],
            paper["rank"],
            paper["extra"],
        )
    assert sum(row.fen or 0 for row in rows.values()) == GIVEN["pool"]["fen"]


def check_books(run: MonthRun) -> None:
    assert run.state == MonthRun.State.POSTED and run.journal is not None
    entries = {entry.account.code: entry for entry in lines_of(run.journal)}
    shares = {f"institution:{code}": paper["fen"] for code, paper in EXPECTED["lines"].items()}
    found = {code: entry.fen for code, entry in entries.items()}
    assert found == {"source:pay_total": -GIVEN["pool"]["fen"], **shares}
    assert entries["institution:H01"].reason["score"] == EXPECTED["totals"]["H01"]["score"]
    assert trial_balance().sum_fen == 0
