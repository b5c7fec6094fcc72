"""The exported month: recomputed offline it is equal, and one changed digit is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from alliance.models import Journal
from performance.bundle import BundleRefused, verify
from performance.services import exporting, months
from tests.performance.scene import OCTOBER, compute, inside
from tests.world import World


@pytest.fixture
def content(qinghe: World) -> bytes:
    compute(qinghe)
    response = qinghe.client("luo").get("/a/qinghe/months/2026-10/export/")
    assert response.status_code == 200 and "attachment" in response["Content-Disposition"]
    with inside(qinghe):
        assert Journal.objects.filter(verb="month.exported", membership=qinghe.luo).count() == 1
    return response.content


def test_an_exported_month_is_equal_offline(content: bytes, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "month.json"
    file.write_bytes(content)
    call_command("verify_month", str(file))
    assert "2026-10 run 1: equal" in capsys.readouterr().out
    assert "病人" not in content.decode()  # figures only


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("inputs", "pool", "fen"), 50_000_002, "digest of the inputs"),
        (("result", "lines", 0, "fen"), 1, "result.lines[0].fen"),
        (("result_digest",), "0" * 64, "digest of the result"),
        (("inputs", "facts", 0, "value"), 13, "result.values"),
    ],
)
def test_one_changed_number_is_named(
    content: bytes, path: tuple[Any, ...], value: object, said: str, tmp_path: Path
) -> None:
    held = json.loads(content)
    place = held
    for step in path[:-1]:
        place = place[step]
    assert place[path[-1]] != value
    place[path[-1]] = value
    file = tmp_path / "month.json"
    file.write_text(json.dumps(held), encoding="utf-8")
    with pytest.raises(CommandError) as error:
        call_command("verify_month", str(file))
    assert said in str(error.value)


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"[]", b"{}", b'{"kind": "xietong.month", "format": 1}', b'{"kind": "other"}']
)
def test_what_is_no_month_is_refused(body: bytes) -> None:
    with pytest.raises(BundleRefused):
        verify(body)


def test_inputs_of_another_shape_are_refused(content: bytes) -> None:
    held = json.loads(content)
    held["inputs"]["facts"][0]["value"] = 1.5
    with pytest.raises(BundleRefused, match="frozen inputs"):
        verify(json.dumps(held).encode())


def test_export_is_a_right_of_its_own(qinghe: World) -> None:
    compute(qinghe)
    with inside(qinghe):
        run = months.current(OCTOBER)
        for name in ("su", "ding", "kong"):
            with pytest.raises(PermissionDenied):
                exporting.export(by=qinghe.people[name], run=run)
