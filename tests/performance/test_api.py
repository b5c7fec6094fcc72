"""Months for programs: the frozen result, the second wall, other alliances."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from performance.bundle import verify
from tests.performance.scene import POOL, compute
from tests.world import World

API = "/api/v1/months/"


@pytest.fixture
def month(qinghe: World) -> World:
    compute(qinghe)
    return qinghe


def get(world: World, name: str, path: str = "2026-10/", status: int = 200) -> Any:
    response = world.client(name).get(f"{API}{path}", headers={"X-Alliance": "qinghe"})
    assert response.status_code == status, response.content
    return response.json() if status == 200 else None


def test_the_office_reads_everything_with_formulas(month: World) -> None:
    page = get(month, "luo")
    assert (page["month"], page["provisional"], page["pool_fen"]) == ("2026-10", True, POOL)
    assert sum(line["fen"] for line in page["lines"]) == POOL
    tokens = page["lines"][0]["formula"]["tokens"]
    assert tokens[0] | {"value": str(POOL), "name": "pool_fen"} == tokens[0]
    value = next(one for one in page["values"] if (one["institution"], one["code"]) == ("QH01", "mean_stay"))
    assert (value["value"], value["numerator"], value["denominator"]) == ("4.00", "48", "12")
    listed = get(month, "luo", "")
    assert [one["result_digest"] for one in listed["results"]] == [page["result_digest"]]


def test_an_institution_reads_its_own_workings_and_what_is_published_of_others(month: World) -> None:
    page = get(month, "kong")
    for part in ("lines", "values", "scores", "totals"):
        with_formula = {one["institution"] for one in page[part] if "formula" in one}
        assert with_formula == {"QH01"}, part
        assert {one["institution"] for one in page[part]} == {"QH01", "QH02", "QH11"}
    assert all("basis_fen" not in line for line in page["lines"] if line["institution"] != "QH01")


def test_the_api_keeps_to_roles_and_alliances(month: World) -> None:
    get(month, "han", status=403)
    get(month, "luo", "2026-09/", 404)
    get(month, "luo", "2026-13/", 404)
    get(month, "su", "2026-10/export/", 403)
    client = month.client("qiao")
    assert client.get(f"{API}2026-10/").status_code == 404
    assert client.get(API).json()["results"] == []
    for method in ("post", "put", "patch", "delete"):
        response = getattr(month.client("luo"), method)(
            f"{API}2026-10/", data={}, content_type="application/json"
        )
        assert response.status_code == 405


def test_the_exported_file_verifies(month: World, tmp_path: Path) -> None:
    response = month.client("cai").get(f"{API}2026-10/export/")
    file = tmp_path / "month.zip"
    file.write_bytes(b"".join(response.streaming_content))
    assert response.status_code == 200 and verify(file).differences == ()
