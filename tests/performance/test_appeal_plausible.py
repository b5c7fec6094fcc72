"""A corrected score is looked at twice: points and formula shown, less is confirmed, more has a reason."""

from __future__ import annotations

from decimal import Decimal

import pytest
import time_machine
from django.test import override_settings

from alliance.approvals import registry
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import handling
from performance.appeals.services.correcting import Decision
from performance.models import AppealCorrection
from tests.performance.pay_scene import doctors, fresh
from tests.performance.scene import inside
from tests.performance.test_appeals import LATER, agreed, assigned, house, own_line
from tests.world import World

__all__ = ["house"]


@pytest.mark.parametrize("bearer", ["pot", "source"])
def test_less_is_refused_until_confirmed_and_more_until_it_has_a_reason(house: World, bearer: str) -> None:
    row, pk = assigned(house), own_line(house).pk
    less, more = {pk: Decimal("0.5")}, {pk: Decimal(3)}
    for decision, match in (
        (Decision(bearer, less), "yuan less"), (Decision(bearer, less, more_why="x"), "yuan less"),
        (Decision(bearer, more), "Write why"),
        (Decision(bearer, more, lowers=True, more_why=" "), "Write why"),
    ):  # fmt: skip
        with pytest.raises(AppealRefused, match=match):
            handling.uphold(by=house.meng, appeal=row, decision=decision, answer="属实", now=LATER)
    decision = Decision(bearer, more, more_why="补记三日")
    row = fresh(handling.uphold(by=house.meng, appeal=row, decision=decision, answer="属实", now=LATER))
    assert (row.state, row.more_why) == ("upheld", "补记三日")


@time_machine.travel(LATER, tick=False)
def test_preview_asks_what_is_missing_and_shows_points_and_formula(house: World) -> None:
    row, line = assigned(house), own_line(house)
    page, meng = f"/a/qinghe/appeals/{row.pk}/uphold/?version={row.version}", house.client("meng")
    typed = {"answer": "属实", "bearer": "pot", f"points_{line.pk}": "0.5"}
    less = meng.post(page, typed | {"do": "preview"}).content.decode()
    assert 'name="lowers"' in less and 'name="more_why"' not in less and "对申诉人的影响" in less
    refused = meng.post(page, typed | {"do": "confirm"})
    assert refused.status_code == 400 and 'name="lowers"' in refused.content.decode()
    typed[f"points_{line.pk}"] = "3"
    more = meng.post(page, typed | {"do": "preview"}).content.decode()
    assert 'name="more_why"' in more and 'name="lowers"' not in more
    assert f"→ 3：{doctors(house).fen / 100:,.2f} × 3 ÷ " in more
    assert meng.post(page, typed | {"do": "confirm", "more_why": "补记三日"}).status_code == 302
    with override_settings(ROOT_URLCONF="config.alliance_urls"):
        approval = fresh(row).approval
        assert approval is not None
        said = str(registry.of(approval.kind).summary(approval).context["facts"])
    assert "→ 3" in said and "补记三日" in said


@time_machine.travel(LATER, tick=False)
def test_the_entry_keeps_the_formula_and_the_slip_says_it(house: World) -> None:
    decision = Decision("pot", {own_line(house).pk: Decimal("1.5")}, more_why="补记")
    row = handling.uphold(by=house.meng, appeal=assigned(house), decision=decision, answer="属实", now=LATER)
    row = agreed(house, fresh(row))
    mine = AppealCorrection.objects.get(appeal=row, pay_line=own_line(house))
    why = mine.why
    exact = why["pot_fen"] * Decimal(why["corrected"]) / Decimal(why["corrected_of_all"])
    assert mine.after_fen is not None and abs(mine.after_fen - exact) < 1  # what is shown is what is paid
    doctor = house.client("dr")
    with inside(house):
        assert "→ 1.5：" in doctor.get(f"/a/qinghe/appeals/{row.pk}/").content.decode()
        months = (doctor.get(f"/a/qinghe/pay/mine/?month=2026-{at}").content.decode() for at in (10, 11, 12))
        assert any("→ 1.5：" in page for page in months)
        head = doctor.get(f"/a/qinghe/pay/lines/{own_line(house).pk}/").content.decode()
    assert f'hero">{mine.after_fen / 100:,.2f}<' in head and f"第 {row.pk} 号申诉更正后" in head
