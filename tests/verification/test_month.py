"""A signed opinion stands on the page of its month and in its bundle, which checks it as far as it can."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings

from performance.bundle.verifying import OPINIONS
from performance.demonstration import verification
from performance.demonstration.ground import Ground
from performance.verification import services
from tests.performance.bundle_scene import bundle_of, changed, members, rows, verified
from tests.performance.scene import OCTOBER, SEPTEMBER, adopt, compute, deliver, inside, post, prepare
from tests.verification.test_verification import NOW, drawn, looked
from tests.world import World, member

PAGE = "/a/qinghe/months/2026-10/"


@pytest.fixture
def month(world: World, tmp_path: Path) -> Any:
    """October in the books, and an evaluator from outside who has drawn three records."""
    with override_settings(MEDIA_ROOT=tmp_path):
        prepare(world)
        assert post(world, compute(world)).state == "posted"
        with inside(world):
            world.people["shi"] = member("shi", "史评估", None, "third_party_evaluator")
            drawn(world)
        yield world


def signed(world: World) -> None:
    with inside(world):
        row = services.Opinion.objects.get(month=OCTOBER.first_day)
        looked(row, world.shi)
        services.sign(by=world.shi, opinion=row, verdict="true", text="属实", now=NOW)


def test_the_page_of_the_month_names_what_was_signed_to_who_may_read_it(month: World) -> None:
    title = "第三方核验意见"
    assert title not in month.client("luo").get(PAGE).content.decode()  # not signed yet
    signed(month)
    with inside(month):
        link = f"/a/qinghe/verification/{services.Opinion.objects.get().pk}/"
    for name in ("luo", "kong", "shi"):
        body = month.client(name).get(PAGE).content.decode()
        assert title in body and link in body and "数据真实" in body, name
    with inside(month):
        month.people["tang"] = member("tang", "唐蕊", month.tcm, "institution_admin")
    assert link not in month.client("tang").get(PAGE).content.decode()


def test_the_bundle_lists_it_and_finds_what_was_changed(month: World, tmp_path: Path) -> None:
    signed(month)
    content = bundle_of(month)
    (held,) = rows(content, OPINIONS)
    assert len(held["records"]) == 3 and held["verdict"] == "true"
    assert "史评估" not in str(held) and "lead2026" not in members(content)[OPINIONS].decode()
    found = verified(content, tmp_path)
    assert found.differences == () and any("third parties" in one for one in found.unchecked)

    def differ(row: Any) -> None:
        row["records"][1]["found"] = "differs"

    def shorten(row: Any) -> None:
        row["records"].pop()

    def turn(row: Any) -> None:
        row["verdict"] = "partly"

    for change, said in ((differ, "were not confirmed"), (shorten, "size"), (turn, "opinions")):
        wrong = verified(changed(content, OPINIONS, change, line=0), tmp_path).differences
        assert wrong and said in wrong[0], wrong


def test_the_demonstration_signs_two_months_and_leaves_one_open(world: World, tmp_path: Path) -> None:
    adopt(world)
    with override_settings(MEDIA_ROOT=tmp_path):
        for name, steward in (("lead", "lin"), ("tcm", "tan")):
            for at in (SEPTEMBER, OCTOBER):
                deliver(world, at, name, steward, 12)
        people = {"shi": member_inside(world)}
        places = {"QH01": world.lead, "QH02": world.tcm}
        demo: Any = SimpleNamespace(
            pools=[SimpleNamespace(month=SEPTEMBER), SimpleNamespace(month=OCTOBER)],
            stays=[SimpleNamespace(institution=one) for one in places.values()],
        )
        base = Ground(world.qinghe, places, {}, people, [world.luo, world.meng], world.lin)
        assert verification.load(base, demo) == "4 opinions of a third party"
    with inside(world):
        found = services.Opinion.objects.order_by("pk").values_list("verdict", flat=True)
        assert list(found) == ["true", "partly", "true", ""]


def member_inside(world: World) -> Any:
    with inside(world):
        return member("shi", "史评估", None, "third_party_evaluator")
