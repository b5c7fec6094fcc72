"""The printed form and its code: for the two sides only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alliance.models import Journal
from alliance.tenancy.scope import act_in
from referrals.models import Referral
from tests.referrals.scene import NOW, logged, number_of, prepare
from tests.world import World

SIDES = {"zhao": True, "lin": True, "tan": False, "luo": False, "qian": False}


@pytest.fixture
def referral(world: World) -> Referral:
    with act_in(world.qinghe):
        prepare(world)
        return logged(
            world, insurance="resident", address="石桥镇东街 3 号", record_no="ZY0007", green_channel=True,
            expected_at=NOW + timedelta(hours=2),
        )  # fmt: skip


@pytest.mark.parametrize("name", SIDES)
def test_only_the_two_sides_print_it(world: World, referral: Referral, name: str) -> None:
    answer = world.client(name).get(f"/a/qinghe/referrals/{referral.pk}/sheet/")
    assert answer.status_code == (200 if SIDES[name] else 404)


@pytest.mark.parametrize("name", SIDES)
def test_the_code_opens_for_the_two_sides_only(world: World, referral: Referral, name: str) -> None:
    answer = world.client(name).get(f"/a/qinghe/referrals/scan/{referral.number}/")
    assert answer.status_code == (302 if SIDES[name] else 404)
    if SIDES[name]:
        assert answer["Location"] == f"/a/qinghe/referrals/{referral.pk}/"


def test_the_receiving_desk_reads_on_the_page_when_the_patient_comes_and_by_which_number(
    world: World, referral: Referral
) -> None:
    page = world.client("lin").get(f"/a/qinghe/referrals/{referral.pk}/").content.decode()
    for text in ("11-12 12:24", "ZY0007", "绿色通道：先救治，后补手续"):
        assert text in page, text
    seen = world.client("luo").get(f"/a/qinghe/referrals/{referral.pk}/").content.decode()
    assert "ZY0007" not in seen  # of no use without the patient's name


def test_it_holds_the_form_and_a_picture_and_no_number_in_full(world: World, referral: Referral) -> None:
    page = world.client("lin").get(f"/a/qinghe/referrals/{referral.pk}/sheet/").content.decode()
    written = (
        referral.number, "龚建良", "I50.900 心力衰竭", "待备案", "起付线连续计算 · 75%", "ZY0007",
        "石桥镇东街 3 号", "绿色通道：先救治，后补手续", "11-12 12:24", "QH11",
    )  # fmt: skip
    for text in written:
        assert text in page, text
    assert 'src="data:image/svg+xml;base64,' in page
    assert number_of(1) not in page
    with act_in(world.qinghe):
        assert Journal.objects.filter(verb="patient.read", about_id=referral.pk).count() == 1
    assert world.client("lin").get("/a/qinghe/referrals/scan/ZZ000000-0001/").status_code == 404
