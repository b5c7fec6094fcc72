"""An examiner who becomes involved: no button, words, another examiner, and what was kept stays readable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import override_settings

from performance.appeals.involved import sql
from performance.appeals.refusals import AppealRefused, in_words
from performance.appeals.services import handling
from performance.appeals.waiting import waiting
from performance.models import Appeal, PayPot
from performance.pay.services import pots
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import AFTER, NOW, doctors, fresh, plan_of
from tests.performance.scene import inside
from tests.performance.test_appeals import LATER, filed, own_line
from tests.world import World

WORDS = "出勤属实，按一点五个分值"


@pytest.fixture
def asked(world: World, tmp_path: Path) -> Iterator[tuple[World, Appeal]]:
    """Luo examines an appeal about a line whose pot nobody has posted."""
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(world):
            scene.grounded(world)
            scene.posted_bonus(world)
            pot = pots.write(by=world.kong, pot=doctors(world), agreed=plan_of(doctors(world)), now=NOW)
            pot = fresh(pots.show(by=world.kong, pot=fresh(pot), now=NOW))
            row = filed(world)
            row = fresh(handling.assign(by=world.luo, appeal=row, handler=world.luo.pk, now=AFTER))
            handling.keep_draft(by=world.luo, appeal=row, typed={"answer": WORDS})
            pots.submit(by=world.wu, pot=pot, now=AFTER)
        yield world, row


def post_the_pot(world: World) -> PayPot:
    found: PayPot = fresh(pots.post(by=world.luo, pot=doctors(world), now=AFTER))
    return found


def test_who_posts_the_pot_is_offered_no_verdict_and_is_refused_in_words(
    asked: tuple[World, Appeal],
) -> None:
    world, row = asked
    page = f"/a/qinghe/appeals/{row.pk}/"
    with time_machine.travel(LATER, tick=False):
        luo = world.client("luo")
        before = luo.get(page).content.decode()
        assert "uphold/" in before and "act/reject" in before and "已涉及" not in before
        with inside(world):
            post_the_pot(world)
            assert sql.stuck() == {row.pk}
        after = luo.get(page).content.decode()
        assert "uphold/" not in after and "act/reject" not in after and "act/assign" in after
        assert "已由您入账" in after and WORDS in after
        assert luo.get(f"{page}uphold/").status_code == 302
        answer = luo.post(f"{page}act/reject/?version={row.version}", {"answer": "不属实，考勤无误"})
        assert answer.status_code == 400
        with inside(world):
            assert fresh(row).state == "assigned" and "不属实" in str(fresh(row).draft)
            line = own_line(world)
        typed = {"answer": "派驻两天属实", f"points_{line.pk}": "1.5", "bearer": "source", "do": "confirm"}
        answer = luo.post(f"{page}uphold/?version={row.version}", typed)
        said = answer.content.decode()
        assert answer.status_code == 400 and "派驻两天属实" in said and "另行指派" in said
        with inside(world):
            row = fresh(row)
            assert row.state == "assigned" and row.draft["answer"] == "派驻两天属实"
            with pytest.raises(AppealRefused, match="involved in this appeal by now"):
                handling.reject(by=world.luo, appeal=row, answer="x", now=LATER)


def test_before_posting_the_examiner_is_told_what_it_costs(asked: tuple[World, Appeal]) -> None:
    world, row = asked
    with time_machine.travel(LATER, tick=False):
        with inside(world):
            url = f"/a/qinghe/pay/pots/{doctors(world).pk}/"
        luo, meng = world.client("luo"), world.client("meng")
        said = luo.get(url).content.decode()
        assert "act/post/" in said and f"（{row.pk} 号）" in said and "请由同事入账" in said
        assert "请由同事入账" in luo.get(f"/a/qinghe/appeals/{row.pk}/").content.decode()
        other = meng.get(url).content.decode()  # a colleague posts it and is told nothing of the kind
        assert "act/post/" in other and "请由同事入账" not in other
        assert "请由同事入账" not in meng.get(f"/a/qinghe/appeals/{row.pk}/").content.decode()
        with inside(world):
            post_the_pot(world)
        assert "请由同事入账" not in luo.get(f"/a/qinghe/appeals/{row.pk}/").content.decode()


def test_the_course_says_to_whom_it_was_given(asked: tuple[World, Appeal]) -> None:
    world, row = asked
    with inside(world):
        row = fresh(handling.assign(by=world.luo, appeal=row, handler=world.meng.pk, now=LATER))
        names = [f"承办人：{one.user}" for one in (world.luo, world.meng)]
    with time_machine.travel(LATER, tick=False):
        said = world.client("dr").get(f"/a/qinghe/appeals/{row.pk}/").content.decode()
    assert 0 < said.index(names[0]) < said.index(names[1])


def test_the_next_examiner_reads_what_was_kept_and_decides_in_own_words(asked: tuple[World, Appeal]) -> None:
    world, row = asked
    page = f"/a/qinghe/appeals/{row.pk}/"
    with time_machine.travel(LATER, tick=False):
        with inside(world):
            post_the_pot(world)
            with override_settings(ROOT_URLCONF="config.alliance_urls"):
                assert any("改派审查人" in one.what for one in waiting(world.luo, LATER))
            row = fresh(handling.assign(by=world.luo, appeal=row, handler=world.meng.pk, now=LATER))
            assert sql.stuck() == set()
        meng, luo, doctor = (world.client(name) for name in ("meng", "luo", "dr"))
        assert WORDS in meng.get(page).content.decode()  # the next examiner reads it
        assert WORDS in luo.get(page).content.decode()  # and who typed it
        assert WORDS not in doctor.get(page).content.decode()
        assert WORDS not in world.client("su").get(page).content.decode()
        form = meng.get(f"{page}uphold/").content.decode()
        assert f">{WORDS}</textarea>" not in form  # not put into the mouth of the next one
        with inside(world):
            handling.keep_draft(by=world.meng, appeal=row, typed={"answer": "另行核查"})
            assert [one["answer"] for one in fresh(row).draft["before"]] == [WORDS]
            done = handling.reject(by=world.meng, appeal=fresh(row), answer="考勤无误", now=LATER)
            assert fresh(done).state == "rejected"


def test_the_refusal_of_the_database_itself_becomes_words(asked: tuple[World, Appeal]) -> None:
    world, row = asked
    with inside(world):
        post_the_pot(world)
        said = "involved in this appeal by now"
        with pytest.raises(AppealRefused, match=said), in_words(), transaction.atomic():
            Appeal.objects.filter(pk=row.pk).update(
                state="rejected", decided_by=world.luo, decided_at=LATER, ended_at=LATER, answer="x"
            )
        with pytest.raises(IntegrityError), in_words(), transaction.atomic():  # an error of our own stays
            Appeal.objects.filter(pk=row.pk).update(escalates_at=row.due_at + timedelta(days=1))
