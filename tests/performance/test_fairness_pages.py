"""Pages of clues: evidence as far as rights go, refusals that keep what was typed, thresholds tried."""

from __future__ import annotations

from pathlib import Path

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from performance.models import Clue, FairnessRun
from tests.performance.scene import inside
from tests.performance.test_fairness import NOW, bounce, look, only
from tests.world import World


def test_the_pages_show_evidence_as_far_as_rights_go(world: World, settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    with inside(world):
        for serial in range(6):
            bounce(world, serial + 1, 5 + serial)
        look(world)
        pk = only().pk
    url = f"/a/qinghe/clues/{pk}/"
    with time_machine.travel(NOW, tick=False):
        office, town = world.client("luo"), world.client("kong")
        body = office.get(url).content.decode()
        assert "下转 3 天后又上转" in body and "8 件无效" not in body and "6 件无效" in body
        assert "线索，不是结论" in body and "造假" not in body and "拟认定" not in body
        assert "龚" not in body  # no names
        assert world.client("tan").get("/a/qinghe/clues/").status_code == 403
        assert "无效转诊往返" in town.get("/a/qinghe/clues/").content.decode()
        refused = town.post(f"{url}explain/?version=1", {"reason": " "})
        assert refused.status_code == 400
        scan = SimpleUploadedFile("x.exe", b"MZ")
        kept = town.post(f"{url}explain/?version=1", {"reason": "均有加重记录", "files": scan})
        assert kept.status_code == 400 and "均有加重记录" in kept.content.decode()  # no scan
        assert town.post(f"{url}explain/?version=1", {"reason": "均有加重记录"}).status_code == 302
        assert town.post(f"{url}explain/?version=1", {"reason": "又"}).status_code == 409
        assert town.post(f"{url}dismiss/", {"reason": "x"}).status_code == 403
        assert office.post(f"{url}dismiss/?version=1", {"reason": "x"}).status_code == 409
        bad = office.post(f"{url}dismiss/?version=2", {"reason": "试点", "until": "2030-01-01"})
        assert bad.status_code == 400 and "试点" in bad.content.decode()
        assert (
            office.post(f"{url}dismiss/?version=2", {"reason": "试点", "until": "2027-01-31"}).status_code
            == 302
        )
        page = office.get("/a/qinghe/clues/detectors/").content.decode()
        assert "0.0%" in page and "试点" in page and "容许比例" in page
        assert "试点" not in town.get("/a/qinghe/clues/detectors/").content.decode()


def test_thresholds_are_tried_without_storing_and_never_on_opinions(world: World) -> None:
    with inside(world):
        for serial in range(6):
            bounce(world, serial + 1, 5 + serial)
    url = "/a/qinghe/clues/detectors/pingpong/"
    with time_machine.travel(NOW, tick=False):
        office = world.client("luo")
        asked = {
            "fairness.false_share:value": "0.05", "fairness.pingpong:value_at_least": "7",
            "fairness.pingpong:value_tolerated": "0.05", "fairness.months:value": "3",
        }  # fmt: skip
        body = office.get(url, asked).content.decode()
        assert "会有 0 条线索；按现行阈值为 1 条" in body and "石桥镇" in body
        assert office.get(url).status_code == 200
        assert office.get(url, asked | {"fairness.pingpong:value_at_least": "多"}).status_code == 400
        assert office.get("/a/qinghe/clues/detectors/praise/").status_code == 404
        assert world.client("kong").get(url).status_code == 403
    with inside(world):
        assert not Clue.objects.exists() and not FairnessRun.objects.exists()
