"""Merging and taking apart: no clock is won by it, and its person keeps every word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from alliance.models.base import Stale
from alliance.tenancy.scope import act_in
from complaints import links
from complaints.models import Complaint
from complaints.services import filing, handling, merging, person
from complaints.services.refusals import ComplaintRefused
from complaints.show.follow import open_steps
from tests.complaints.scene import at, filed, phoned, said
from tests.complaints.test_public import sheet_of
from tests.complaints.test_word import word
from tests.world import World

NOON = at("2026-11-11 12:00")
HOUR = timedelta(hours=1)


def fresh(row: Complaint) -> Complaint:
    """The complaint as it is now, as its person's link reads it."""
    return Complaint.objects.with_names().get(pk=row.pk)  # type: ignore[no-any-return]


def refused(statement: str, *values: object) -> bool:
    """Whether the database itself refuses a statement."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            cursor.execute("set constraints all immediate")
    except DatabaseError:
        return True
    return False


def pair(world: World) -> tuple[Complaint, Complaint]:
    """Two complaints an hour apart, the later merged into the earlier two hours after noon."""
    first, second = filed(world.lead, NOON), filed(world.lead, NOON + HOUR)
    into = {"number": first.number, "reason": "同一事", "now": NOON + 2 * HOUR}
    return first, merging.merge(by=world.luo, complaint=second, **into)


def test_taking_apart_gives_back_the_time_it_was_merged_and_no_more(qinghe: World) -> None:
    _first, second = pair(qinghe)
    before = second.first_due_at, second.result_from
    apart = merging.separate(by=qinghe.luo, complaint=second, reason="另一件事", now=NOON + 22 * HOUR)
    assert apart.first_due_at == before[0] + 20 * HOUR and apart.result_from == before[1] + 20 * HOUR
    assert apart.parted_at == NOON + 22 * HOUR and apart.round == 1


def test_what_was_taken_apart_is_not_merged_again(qinghe: World) -> None:
    first, second = pair(qinghe)
    apart = merging.separate(by=qinghe.luo, complaint=second, reason="另一件事", now=NOON + 3 * HOUR)
    with pytest.raises(ComplaintRefused, match="not merged again"):
        merging.merge(
            by=qinghe.luo, complaint=apart, number=first.number, reason="同一事", now=NOON + 4 * HOUR
        )
    raw = "update complaints_complaint set state = 'merged', closed_at = now(), merged_into_id = %s, "
    raw += "merged_by_id = %s where id = %s"
    assert refused(raw, first.pk, qinghe.luo.pk, apart.pk)
    assert refused("update complaints_complaint set parted_at = null where id = %s", apart.pk)


def test_one_matter_is_of_one_kind(qinghe: World) -> None:
    first, second = filed(qinghe.lead, NOON), filed(qinghe.lead, NOON + HOUR)
    second = handling.triage(
        by=qinghe.luo, complaint=second, category="waiting", severity="1_ordinary", subject="", now=NOON
    )
    with pytest.raises(ComplaintRefused, match="of one kind"):
        merging.merge(
            by=qinghe.luo, complaint=second, number=first.number, reason="同一事", now=NOON + 2 * HOUR
        )
    raw = "update complaints_complaint set state = 'merged', closed_at = now(), merged_into_id = %s, "
    raw += "merged_by_id = %s where id = %s"
    assert refused(raw, first.pk, qinghe.luo.pk, second.pk)


def test_the_database_lets_no_limit_move_later(qinghe: World) -> None:
    row, (_first, second) = filed(qinghe.lead, NOON), pair(qinghe)
    for column in ("first_due_at", "result_due_at", "result_from"):
        later = f"update complaints_complaint set {column} = {column} + interval '1 minute' where id = %s"
        assert refused(later, row.pk), column
        assert refused(later, second.pk), column
    open_ = "update complaints_complaint set state = 'received', merged_into_id = null, merged_by_id = null, "
    open_ += "closed_at = null, reopened_at = closed_at + interval '1 hour', "
    open_ += "first_due_at = first_due_at + interval '%s minutes' where id = %%s"
    assert refused(open_ % 61, second.pk) and not refused(open_ % 60, second.pk)


def test_who_never_withdrew_it_wins_the_house_no_clock(qinghe: World) -> None:
    row = phoned(qinghe, NOON)
    gone = person.withdraw(by=qinghe.kong, complaint=row, word=word(NOON), now=NOON + 2 * HOUR)
    again = person.reopen(by=None, complaint=gone, reason="没有撤", now=NOON + 12 * HOUR)
    assert again.first_due_at == NOON + 34 * HOUR


def test_before_the_result_its_person_adds_withdraws_or_takes_it_apart(qinghe: World) -> None:
    first, second = pair(qinghe)
    second, now = fresh(second), NOON + 3 * HOUR
    assert open_steps(second, now) == {"add", "apart", "withdraw"}
    person.add(by=None, complaint=second, text="还有一张单子", mark="m", now=now)
    assert second.additions.get().text == "还有一张单子"
    with pytest.raises(Stale):
        person.confirm(by=None, complaint=second, now=now)
    apart = person.apart(complaint=second, reason="不是一回事", now=now)
    assert apart.state == "received" and apart.merged_into_id is None and apart.parted_at == now
    third = filed(qinghe.lead, NOON + 2 * HOUR)
    merging.merge(by=qinghe.luo, complaint=third, number=first.number, reason="同一事", now=now)
    gone = person.withdraw(by=None, complaint=fresh(third), now=now + 30 * HOUR)
    assert (gone.state, gone.word, gone.merged_into_id) == ("withdrawn", "link", None)
    assert gone.ended_late == (False, False)  # its limits stood still meanwhile


def test_after_the_result_its_person_is_asked_whether_it_is_solved(qinghe: World) -> None:
    first, second = pair(qinghe)
    now = NOON + 3 * HOUR
    handling.answer(by=qinghe.kong, complaint=fresh(first), text="一", now=now)
    handling.resolve(by=qinghe.kong, complaint=fresh(first), text="二", verdict="true", now=now)
    second = fresh(second)
    assert open_steps(second, now) == {"add", "solved", "reopen", "withdraw"}
    raw = "update complaints_complaint set settled_at = now() where id = %s"
    assert refused(raw, second.pk)  # not without the link
    with pytest.raises(ComplaintRefused, match="Only the person"):
        person.confirm(by=qinghe.kong, complaint=second, now=now)
    person.confirm(by=None, complaint=second, now=now)
    settled = fresh(second)
    assert (settled.state, settled.settled_at) == ("merged", now)
    assert Complaint.objects.counted().count() == 1 and "solved" not in open_steps(settled, now)
    heard = person.reopen(by=None, complaint=settled, reason="钱没有退", now=now + HOUR)
    assert (heard.state, heard.round, heard.solved, heard.settled_at) == ("received", 2, False, None)


def test_the_private_page_of_a_duplicate_offers_all_of_it_and_says_what_happened(
    ready: World, settings: Any
) -> None:
    settings.PUBLIC_FORM_SECONDS = 0  # a test is faster than a person
    now = timezone.now()
    with act_in(ready.qinghe):
        first = filed(ready.lead, now - 2 * HOUR)
        made = filing.file(by=None, said=said(ready.lead), mark="own", now=now - HOUR)
        merging.merge(
            by=ready.luo, complaint=made.complaint, number=first.number, reason="同一事", now=now - HOUR
        )
    client, address = Client(REMOTE_ADDR="10.78.0.1"), links.followed("qinghe", made.secret)
    text = client.get(f"{address}?lang=zh-hans").content.decode()
    for word_ in ("一并办理", "这是另一件事", "补充", "撤回投诉"):
        assert word_ in text, word_
    data = {"sheet": sheet_of(client, address), "text": "还有一张单子"}
    assert client.post(f"{address}add/", data).status_code == 303
    house = ready.client("kong").get(f"/a/qinghe/complaints/{first.pk}/", HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert "还有一张单子" in house.content.decode()  # who answers the one reads it
    data = {"sheet": sheet_of(client, address), "text": "时间地点都不同"}
    assert client.post(f"{address}apart/", data).status_code == 303
    text = client.get(f"{address}?lang=zh-hans").content.decode()
    assert "时间地点都不同" in text and "期限暂停计算" in text and "一并办理" not in text
