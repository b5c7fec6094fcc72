"""Metrics for programs: the figures of the page, the cases below them, and the page's rights and walls."""

from __future__ import annotations

from typing import Any

import pytest

from alliance.models import Journal
from alliance.services import jobs
from grouping.metrics import figures
from tests.grouping.scene import browser, inside, pages, store
from tests.world import World

KEY = {"X-Alliance": "qinghe"}


@pytest.fixture
def summed(scene: World) -> World:
    store(scene, pages(scene, 3))
    with inside(scene):
        from alliance.lib.period import Month
        from grouping.metrics import rollup

        rollup.enqueue_refresh(by=None, month=Month(2026, 10))
    assert all(job.state == "done" for job in jobs.drain(scene.qinghe))
    return scene


def asked(world: World, name: str, path: str = "", **given: Any) -> Any:
    return browser(world, name).get(f"/api/v1/metrics/{path}", {"month": "2026-10", **given}, headers=KEY)


def test_every_figure_stands_at_every_level(summed: World) -> None:
    for by in ("institution", "department", "doctor", "group"):
        body = asked(summed, "luo", by=by).json()
        assert body["by"] == by and body["month"] == "2026-10" and body["count"] >= (by != "doctor")
        for line in body["results"]:
            assert line["figures"].keys() == figures.FIGURES.keys() and line["name"]
    body = asked(summed, "luo").json()
    (line,) = body["results"]
    assert line["institution_code"] == "QH01" and line["figures"]["submitted"] == "3"
    assert body["alliance"]["submitted"] == "3" and body["alliance"]["minimal_share_pct"] is None


def test_lines_come_in_pages(summed: World) -> None:
    body = asked(summed, "luo", by="group", limit=1).json()
    assert len(body["results"]) == 1 and (body["count"] == 1 or "offset=1" in body["next"])


def test_the_cases_of_a_figure_are_listed_and_the_reading_is_journaled(summed: World) -> None:
    body = asked(summed, "luo", "cases/", metric="submitted", limit=2).json()
    assert body["count"] == 3 and len(body["results"]) == 2 and body["value"] == "3" and body["next"]
    assert {line["institution"] for line in body["results"]} == {summed.lead.pk}
    with inside(summed):
        row = Journal.objects.filter(verb="patient.listed").latest("pk")
        assert row.detail == {"list": "api.metrics", "month": "2026-10", "figure": "submitted"}
    assert asked(summed, "luo", "cases/", metric="nonsense").status_code == 404


def test_rights_and_walls_are_those_of_the_page(summed: World) -> None:
    assert asked(summed, "han").status_code == 403  # a coder and data steward reads no indicators
    assert asked(summed, "cai").status_code == 200
    assert asked(summed, "cai", "cases/", metric="submitted").status_code == 403
    assert asked(summed, "zhao", institution=summed.lead.pk).status_code == 404
    other = asked(summed, "zhao", "cases/", metric="submitted").json()
    assert other["count"] == 0 and other["results"] == []
    assert asked(summed, "zhao", by="department").json()["results"] == []
