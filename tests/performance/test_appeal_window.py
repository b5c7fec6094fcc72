"""Until when appeals are filed: one day, said alike by every page, refusal and notice (practice.md 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone

from alliance.services import parameters
from performance.appeals import asking, second, window
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import filing, handling
from performance.appeals.window import Window
from performance.life.services import stages
from performance.models import Appeal, Line, PayPot
from tests.performance.pay_scene import NOW, doctors, fresh
from tests.performance.scene import OCTOBER, inside
from tests.performance.test_appeals import filed, own_line, paid
from tests.world import World

UNTIL = "11-27 24:00"
RUNS = datetime(2026, 11, 26, 2, tzinfo=UTC)
LAST = datetime(2026, 11, 27, 15, 59, tzinfo=UTC)
ENDED = LAST + timedelta(minutes=1)


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October is in the books and shown to everybody until the end of 11-27."""
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(world):
            paid(world)
            stages.publish(by=world.luo, month=OCTOBER, now=NOW)
        yield world


@pytest.mark.parametrize("before", range(9))
def test_a_line_keeps_all_days_it_is_shown(house: World, before: int) -> None:
    """Whenever a pot is shown, its lines are appealed until both the publication and its showing are over."""
    with inside(house):
        month, pot = window.of_month(OCTOBER), fresh(doctors(house))
        assert month.until is not None
        shown = month.until - timedelta(days=before, hours=1)
        for days in range(1, 6):
            pot.shown_at, pot.shown_until = shown, shown + timedelta(days=days)
            found = window.of_pot(pot, month)
            assert found.until == max(month.until, pot.shown_until)
            with time_machine.travel(shown + timedelta(days=days, seconds=-1), tick=False):
                assert found.open(timezone.now())  # never cut short by the publication
            with time_machine.travel(month.until - timedelta(seconds=1), tick=False):
                assert found.open(timezone.now())  # nor does a showing that is over end it early
            assert not found.open(max(month.until, pot.shown_until))
        pot.shown_at = month.until  # after the publication
        assert window.of_pot(pot, month).until == max(month.until, pot.shown_until)


def test_before_the_decision_nothing_is_appealed() -> None:
    assert not Window(OCTOBER, False, None).open(NOW)
    assert Window(OCTOBER, True, None).open(NOW)  # decided, not yet published: no end is known


def test_every_page_and_refusal_names_the_same_last_day(house: World) -> None:
    with inside(house):
        line = own_line(house)
    addresses = (
        "pay/mine/", f"pay/lines/{line.pk}/", f"appeals/file/?on=pay-{line.pk}", "publications/2026-10/",
        "publications/2026-10/print/", f"pay/persons/{line.staff_id}/print/?month=2026-10",
    )  # fmt: skip
    for at in (RUNS, LAST):
        with time_machine.travel(at, tick=False):
            doctor, office = house.client("dr"), house.client("luo")
            for address in addresses:
                page = doctor.get(f"/a/qinghe/{address}").content.decode()
                assert f"申诉至 {UNTIL}" in page, address
            assert UNTIL in office.get("/a/qinghe/months/2026-10/life/").content.decode()
    with time_machine.travel(ENDED, tick=False):
        doctor = house.client("dr")
        for address in addresses:
            page = doctor.get(f"/a/qinghe/{address}").content.decode()
            assert f"申诉已于 {UNTIL} 截止" in page, address
    with inside(house), pytest.raises(AppealRefused, match=r"ended .*27.* 24:00"):
        filed(house, now=ENDED)


def test_the_flag_goes_with_its_time_and_what_was_typed_stays(house: World) -> None:
    with inside(house):
        line = own_line(house)
    form = f"/a/qinghe/appeals/file/?on=pay-{line.pk}"
    typed = {"kind": "personal", "text": "出勤少记两天", f"fen_pay-{line.pk}": "10.00"}
    with time_machine.travel(LAST, tick=False):
        doctor = house.client("dr")
        for address in ("/a/qinghe/pay/mine/", f"/a/qinghe/pay/lines/{line.pk}/"):
            assert f"?on=pay-{line.pk}" in doctor.get(address).content.decode()
    with time_machine.travel(ENDED, tick=False):
        doctor = house.client("dr")
        for address in ("/a/qinghe/pay/mine/", f"/a/qinghe/pay/lines/{line.pk}/"):
            page = doctor.get(address).content.decode()
            assert f"?on=pay-{line.pk}" not in page and "锁定例外" in page
            assert "复核" not in page  # nothing was answered
        assert 'name="text"' not in doctor.get(form).content.decode()  # nothing is asked for in vain
        late = doctor.post(form, typed)
        page = late.content.decode()
        assert late.status_code == 400 and "出勤少记两天" in page and "10.00" in page
        assert "可复制留用" in page and "提交申诉" not in page
    with inside(house):
        assert not Appeal.objects.exists()


def test_a_second_instance_is_spoken_of_as_long_and_to_whom_it_has_a_button(house: World) -> None:
    """The sentence of every page and the fact beside the appeal follow the condition of the button."""
    with inside(house):
        row = filed(house, now=LAST)
        row = fresh(handling.assign(by=house.luo, appeal=row, handler=house.meng.pk, now=LAST))
        row = fresh(handling.reject(by=house.meng, appeal=row, answer="考勤无误", now=ENDED))
        end = second.until(row)
        assert end is not None
        line = own_line(house)
    addresses = ("pay/mine/", f"pay/lines/{line.pk}/", "publications/2026-10/")
    for at, open_still in ((ENDED, True), (end - timedelta(seconds=1), True), (end, False)):
        with time_machine.travel(at, tick=False):
            doctor, other = house.client("dr"), house.client("wu")
            page = doctor.get(f"/a/qinghe/appeals/{row.pk}/").content.decode()
            assert ("申请复核（截至" in page) == open_still
            assert ("<dt>复核</dt>" in page) and ("已于" in page) != open_still
            for address in addresses:
                said = doctor.get(f"/a/qinghe/{address}").content.decode()
                assert ("可在该申诉页面申请复核" in said) == open_still, (address, at)
                assert "申诉已于" in said
            assert (
                "可在该申诉页面申请复核" not in other.get("/a/qinghe/publications/2026-10/").content.decode()
            )
    with inside(house):
        filing.ask_second(by=house.dr, appeal=row, text="有排班表", now=ENDED)
    with time_machine.travel(ENDED, tick=False):
        said = house.client("dr").get(f"/a/qinghe/pay/lines/{line.pk}/").content.decode()
        assert "可在该申诉页面申请复核" not in said


def test_the_flag_of_a_number_of_an_institution_goes_as_well(house: World) -> None:
    with inside(house), override_settings(ROOT_URLCONF="config.alliance_urls"):
        run = stages.of(OCTOBER)
        assert run is not None and run.run.settlement is not None
        line = Line.objects.select_related("settlement").get(
            settlement=run.run.settlement, institution=house.lead
        )
        by = next(one for one in house.people.values() if asking.own.speaks_for_place(one)
                  and one.institution_id == house.lead.pk)  # fmt: skip
        assert asking.flag(by, "score", line, LAST).url
        gone = asking.flag(by, "score", line, ENDED)
    assert not gone.url and f"已于 {UNTIL} 截止" in gone.said


@pytest.mark.parametrize(("paid_part", "words"), [(True, "先发无争议部分"), (False, "整条暂缓")])
def test_form_and_publication_say_the_same_of_pay_by_the_setting(
    house: World, monkeypatch: pytest.MonkeyPatch, *, paid_part: bool, words: str
) -> None:
    with inside(house):
        line = own_line(house)
        parameters.decide(
            by=house.luo, key=window.PAYS, value=paid_part, from_date=date(2026, 1, 1), decided_by="理事会"
        )
    with time_machine.travel(RUNS, tick=False):
        doctor = house.client("dr")
        for address in (f"appeals/file/?on=pay-{line.pk}", "publications/2026-10/",
                        f"pay/lines/{line.pk}/"):  # fmt: skip
            page = doctor.get(f"/a/qinghe/{address}").content.decode()
            assert f"发放不等待申诉：有争议的条目{words}" in page, address


def test_the_objection_to_a_plan_is_named_apart(house: World) -> None:
    with inside(house):
        pot = PayPot.objects.named().filter(state="open").exclude(pk=doctors(house).pk).first()
        assert pot is not None
    from tests.performance.life_scene import shown

    with inside(house):
        shown(house, pot)
    with time_machine.travel(datetime(2026, 11, 21, 2, tzinfo=UTC), tick=False):
        page = house.client("luo").get(f"/a/qinghe/pay/pots/{pot.pk}/").content.decode()
    assert "科内公示至 11-23 24:00" in page and "方案异议不是申诉" in page
