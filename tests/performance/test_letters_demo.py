"""The demonstration's letters: most are signed, one is on its way, one is not drafted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.test import override_settings

from alliance.models import Institution
from performance.consequences.show_signing import obliged
from performance.demonstration import consequences
from performance.demonstration.ground import Ground
from performance.models import Letter
from tests.performance.scene import adopt, inside
from tests.world import World, place


def test_most_members_have_signed_this_year(world: World, tmp_path: Path) -> None:
    adopt(world)
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(world):
            for number in range(11):
                place(f"QZ{number:02d}", f"第{number}卫生院", "primary", "township", beds=9)
            places = {one.code: one for one in Institution.objects.all()}
        people = {name: getattr(world, name) for name in ("luo", "meng", "kong", "su")}
        base = Ground(world.qinghe, places, {}, people, [world.luo, world.meng], world.lin)
        assert "commitment letters" in consequences.load(base, date(2026, 11, 10))
    with inside(world):
        owing = len(obliged(2026))
        states = list(Letter.objects.filter(year=2026).values_list("state", flat=True))
    assert owing >= 14 and len(states) == owing - owing // 7
    assert states.count("in_force") >= owing * 2 // 3 and {"offered", "draft"} & set(states)
