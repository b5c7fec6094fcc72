"""The log of a healthy server: a refusal is one line, a fault of ours keeps its stack."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import RequestFactory

from alliance.services import inbox
from alliance.web.quiet_log import RefusalInOneLine
from tests.world import World


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> Iterator[Any]:
    """What the log holds of requests, as the server would write it."""
    with caplog.at_level(logging.WARNING, "django.request"):
        yield lambda: [caplog.handler.format(record) for record in caplog.records]


def test_a_refusal_is_one_line_that_names_who_and_what(world: World, written: Any) -> None:
    assert world.client("lin").get("/a/qinghe/payout/").status_code == 403
    lines = [line for line in written() if "Refused" in line]
    assert len(lines) == 1 and lines[0].endswith("Refused: lin GET /a/qinghe/payout/")
    assert not [line for line in written() if "\n" in line]


def test_an_address_forges_no_second_line_and_nobody_is_called_so() -> None:
    record = logging.makeLogRecord(
        {"status_code": 403, "request": RequestFactory().get("/x/%0AERROR%20forged/"), "msg": "x"}
    )
    assert RefusalInOneLine().filter(record)
    assert record.getMessage() == r"Refused: nobody signed in GET /x/\nERROR forged/"


def test_a_fault_of_ours_keeps_its_stack(world: World, written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(by: Any, now: Any) -> list[Any]:
        raise ZeroDivisionError("of the test")

    monkeypatch.setattr(inbox, "_todos", {"test": broken})
    client = world.client("luo")
    client.raise_request_exception = False
    assert client.get("/a/qinghe/").status_code == 500
    assert [line for line in written() if "Traceback" in line and "ZeroDivisionError: of the test" in line]
