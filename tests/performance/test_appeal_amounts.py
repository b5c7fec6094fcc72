"""How much an appeal may ask for: what the pot has, also of a line of 0; one number in one open appeal."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import override_settings

from alliance.models import Staff
from performance.appeals import facts, subjects
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import filing, handling
from performance.appeals.services.filing import NewLine
from performance.models import Appeal, AppealLine, PayLine
from performance.pay.services import pots
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import AFTER, NOW, doctors, fresh, plan_of
from tests.performance.scene import OCTOBER, inside
from tests.performance.test_appeals import LATER, agreed, assigned, filed, house, own_line, subject, upheld
from tests.world import World

__all__ = ["house"]


@pytest.fixture
def nothing(world: World, tmp_path: Path) -> Iterator[World]:
    """Dr was given no points: a line of 0.00 in the books."""
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(world):
            scene.grounded(world)
            scene.posted_bonus(world)
            pot, mine = doctors(world), Staff.objects.get(user=world.dr.user)
            points = {one: Decimal(0) if one == mine.pk else had for one, had in pots.points_of(pot).items()}
            pot = pots.write(
                by=world.kong, pot=pot, agreed=plan_of(pot, points=points, zero_why="本月下派未计分"), now=NOW
            )
            pot = fresh(pots.show(by=world.kong, pot=fresh(pot), now=NOW))
            pot = fresh(pots.submit(by=world.wu, pot=pot, now=AFTER))
            pots.post(by=world.luo, pot=pot, now=AFTER)
        yield world


def test_who_was_given_nothing_appeals_and_asks_for_what_the_pot_has(nothing: World) -> None:
    with inside(nothing):
        line, pot = own_line(nothing), doctors(nothing)
    assert line.fen == 0
    form = f"/a/qinghe/appeals/file/?on=pay-{line.pk}"
    with time_machine.travel(AFTER, tick=False):
        doctor = nothing.client("dr")
        for address in ("pay/mine/", f"pay/lines/{line.pk}/"):
            assert f"?on=pay-{line.pk}" in doctor.get(f"/a/qinghe/{address}").content.decode(), address
        typed = {"kind": "personal", "text": "漏记出勤"}
        most = Decimal(pot.fen) / 100
        over = doctor.post(form, typed | {f"fen_pay-{line.pk}": str(most + Decimal("0.01"))})
        assert over.status_code == 400 and f"{most:,.2f}" in over.content.decode()
        assert doctor.post(form, typed | {f"fen_pay-{line.pk}": "12.50"}).status_code == 302
    with inside(nothing):
        row = AppealLine.objects.get()
        assert (row.disputed_fen, row.whole_fen) == (1_250, pot.fen)
        assert facts.disputed(OCTOBER) == {}  # nothing of a line of nothing is held
        with pytest.raises(IntegrityError, match="appealline_disputed"), transaction.atomic():
            filing.withdraw(by=nothing.dr, appeal=fresh(row.appeal), now=AFTER)
            AppealLine.objects.create(
                appeal=appeal_of(nothing), number=1, about="pay", pay_line=line, institution=nothing.lead,
                disputed_fen=pot.fen + 1,
            )  # fmt: skip


def appeal_of(world: World) -> Appeal:
    """An empty one, to be given a line."""
    from tests.performance.appeals_access import appeal

    other = PayLine.objects.filter(pot=doctors(world)).exclude(staff__user=world.dr.user).first()
    assert other is not None
    return appeal(world.dr, other, "另一条")


def test_more_than_the_line_is_asked_for_but_the_line_alone_is_held(house: World) -> None:
    line = own_line(house)
    row = filed(house, fen=line.fen + 1)
    assert facts.disputed(OCTOBER) == {line.pk: line.fen}
    assert AppealLine.objects.get(appeal=row).disputed_fen == line.fen + 1


@time_machine.travel(LATER, tick=False)
def test_a_corrected_line_is_asked_about_as_it_stands(house: World) -> None:
    row = agreed(house, upheld(house, "source"))
    assert row.state == "corrected"
    found = subject(house)
    assert found.fen is not None and found.fen > own_line(house).fen
    form = house.client("dr").get(f"/a/qinghe/appeals/file/?on=pay-{own_line(house).pk}").content.decode()
    assert f"{Decimal(found.fen) / 100:,.2f}" in form and found.most == doctors(house).fen


# One number, one open appeal ----------------------------------------------------------------
def test_no_second_filing_beside_a_second_instance_and_none_the_other_way(house: World) -> None:
    first = fresh(handling.reject(by=house.meng, appeal=assigned(house), answer="考勤无误", now=AFTER))
    anew = filed(house)  # in its time, after an answer
    with pytest.raises(AppealRefused, match="open appeal"):
        filing.ask_second(by=house.dr, appeal=first, text="有排班表", now=AFTER)
    filing.withdraw(by=house.dr, appeal=anew, now=AFTER)
    filing.ask_second(by=house.dr, appeal=first, text="有排班表", now=AFTER)
    with pytest.raises(AppealRefused, match="open appeal"):
        filed(house)
    with pytest.raises(IntegrityError, match="open appeal about this number"), transaction.atomic():
        AppealLine.objects.create(
            appeal=appeal_of(house), number=2, about="pay", pay_line=own_line(house), institution=house.lead,
            disputed_fen=1,
        )  # fmt: skip


def test_a_line_is_the_same_number_in_every_plan_of_its_pot(house: World) -> None:
    row = filed(house)
    assert subjects.find(house.dr, "pay", own_line(house).pk) is not None
    with pytest.raises(AppealRefused, match=f"number {row.pk}"):
        filing.file(by=house.dr, kind="personal", lines=[NewLine(subject(house), "", 1)], text="x", now=AFTER)
