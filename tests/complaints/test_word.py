"""Whose word ends a complaint: the private link's, or what staff note of a person they reached; never that of
who is complained of for somebody else. What was late stays late.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from alliance.tenancy.scope import act_in
from complaints import facts, links
from complaints.models import Channel, Complaint
from complaints.services import filing, handling, person
from complaints.services.refusals import ComplaintRefused
from complaints.show import page as show
from complaints.show.follow import open_steps
from tests.complaints.scene import answered, at, department, filed, phoned, resolved, said
from tests.complaints.test_pages import page, step
from tests.complaints.test_services import refused
from tests.world import World

NOON = at("2026-11-11 12:00")
DAY = timedelta(days=1)


def word(when: datetime, who: str = "person", how: str = "phone", note: str = "说钱已退到账") -> person.Word:
    return person.Word(who, how, when, note)


def done(world: World, row: Complaint, now: datetime = NOON) -> Complaint:
    """With its result."""
    row = handling.assign(by=world.luo, complaint=row, departments=[department(row.institution)], now=now)
    row = handling.answer(by=world.kong, complaint=row, text="在查", now=now)
    return handling.resolve(by=world.kong, complaint=row, text="已退", verdict="true", now=now)


def order(world: World, **more: Any) -> Complaint:
    """A named order of 12345 with five days for its result."""
    brought = filing.Order(f"12345-{more.pop('n', 1)}", NOON, None, NOON + 5 * DAY)
    content = said(
        world.lead, channel=Channel.HOTLINE_12345, order=brought, anonymous=False, name="龚国良", **more
    )
    return filing.file(by=world.kong, said=content, mark=brought.number, now=NOON).complaint


def test_who_is_complained_of_says_nothing_for_who_filed_by_link(qinghe: World) -> None:
    anonymous = resolved(qinghe, NOON)
    named = done(qinghe, filed(qinghe.lead, NOON, anonymous=False, name="龚国良"))
    content = said(qinghe.lead, channel=Channel.PHONE)  # taken down without a name
    nameless = filing.file(by=qinghe.kong, said=content, mark="n", now=NOON).complaint
    for row in (anonymous, named, done(qinghe, nameless)):
        for by in (qinghe.kong, qinghe.luo):
            assert not {"close", "withdraw"} & {one.name for one in row.steps_for(by)}
            with pytest.raises(ComplaintRefused, match="private link"):
                person.confirm(by=by, complaint=row, word=word(NOON), now=NOON + DAY)
            with pytest.raises(ComplaintRefused, match="private link"):
                person.withdraw(by=by, complaint=row, word=word(NOON), now=NOON + DAY)
        noted = (
            "word = 'staff', word_by_id = %s, word_who = 'person', word_how = 'phone', word_at = now(),"
            " word_note = 'x', closed_at = now() where id = %s"
        )
        for change in ("state = 'closed', solved = true", "state = 'withdrawn'"):
            start = f"update complaints_complaint set {change}, "
            assert refused(start + noted, qinghe.kong.pk, row.pk)
            assert refused(start + "closed_at = now() where id = %s", row.pk)
            # The word of the link is taken only where the link was opened.
            assert refused(start + "word = 'link', closed_at = now() where id = %s", row.pk)
    assert person.confirm(by=None, complaint=anonymous, now=NOON + DAY).word == "link"


def test_what_staff_note_says_who_how_and_when_and_is_counted_apart(qinghe: World) -> None:
    row = done(qinghe, phoned(qinghe, NOON))
    assert {"close", "withdraw"} <= {one.name for one in row.steps_for(qinghe.kong)}
    later = NOON + DAY
    for wrong in (None, word(later, note=" "), word(later, who="hotline"), word(later, how="x")):
        with pytest.raises(ComplaintRefused, match="Say who told it"):
            person.confirm(by=qinghe.kong, complaint=row, word=wrong, now=later)
    for when in (NOON - DAY, later + DAY):
        with pytest.raises(ComplaintRefused, match="future"):
            person.confirm(by=qinghe.kong, complaint=row, word=word(when), now=later)
    closed = person.confirm(by=qinghe.kong, complaint=row, word=word(later), now=later)
    assert (closed.word, closed.word_by, closed.word_note) == ("staff", qinghe.kong, "说钱已退到账")
    assert refused("update complaints_complaint set word_note = '' where id = %s", closed.pk)
    assert refused("update complaints_complaint set word = 'link' where id = %s", closed.pk)
    person.confirm(by=None, complaint=resolved(qinghe, NOON), now=later)
    fact = next(one for one in facts.complaint_facts(facts.Month(2026, 11)) if one.pk == qinghe.lead.pk)
    assert [fact.count(f"complaints_{name}") for name in ("asked", "solved", "solved_noted")] == [1, 1, 1]
    again = person.reopen(by=None, complaint=closed, reason="没人问过我", now=later + DAY)
    assert (again.state, again.word, again.word_by, again.solved) == ("reopened", "", None, False)


def test_an_order_is_taken_back_by_the_hotline_and_stays_late(qinghe: World) -> None:
    row, over = order(qinghe), NOON + 10 * DAY
    assert row.is_late(over)
    back = person.Word("hotline", "letter", NOON + 9 * DAY, "12345 退件〔2026〕18 号")
    assert "withdraw" not in {one.name for one in row.steps_for(qinghe.kong)}
    assert "withdraw" in {one.name for one in row.steps_for(qinghe.luo)}
    with pytest.raises(ComplaintRefused, match="hotline alone"):
        person.withdraw(by=qinghe.kong, complaint=row, word=back, now=over)
    with pytest.raises(ComplaintRefused, match="Say who told it"):
        person.withdraw(by=qinghe.luo, complaint=row, word=word(over), now=over)
    assert refused(
        "update complaints_complaint set state = 'withdrawn', closed_at = now(), word = 'staff', word_by_id ="
        " %s, word_who = 'hotline', word_how = 'letter', word_at = now(), word_note = 'x' where id = %s",
        qinghe.kong.pk, row.pk,
    )  # fmt: skip
    gone = person.withdraw(by=qinghe.luo, complaint=row, word=back, now=over)
    assert (gone.state, gone.ended_late) == ("withdrawn", (True, True))
    assert [one["missed"] for one in show.clocks(gone, over)] == [True, True]
    early = order(qinghe, n=2)
    soon = person.Word("hotline", "letter", NOON + timedelta(hours=1), "12345 退件 19 号")
    kept = person.withdraw(by=qinghe.luo, complaint=early, word=soon, now=NOON + timedelta(hours=2))
    assert kept.ended_late == (False, False)


def test_a_result_that_was_given_stays_when_it_is_withdrawn(qinghe: World) -> None:
    row = person.withdraw(by=None, complaint=resolved(qinghe, NOON), now=NOON + 30 * DAY)
    assert (row.verdict, row.resolved_at, row.ended_late) == ("true", NOON, (False, False))


def test_what_staff_noted_as_withdrawn_is_opened_again_by_the_link_in_its_days(qinghe: World) -> None:
    now = NOON + timedelta(hours=2)
    row = person.withdraw(by=qinghe.kong, complaint=phoned(qinghe, NOON), word=word(NOON), now=now)
    assert open_steps(row, now) == {"reopen"} and open_steps(row, now + 40 * DAY) == set()
    with pytest.raises(ComplaintRefused, match="30 days"):
        person.reopen(by=None, complaint=row, reason="没有撤", now=now + 40 * DAY)
    again = person.reopen(by=None, complaint=row, reason="没有撤", now=now + DAY)
    assert (again.state, again.word, again.round) == ("received", "", 2)
    assert again.first_due_at == NOON + 2 * DAY
    assert handling.answer(by=qinghe.kong, complaint=again, text="在查", now=now + DAY).state == "answered"
    mine = person.withdraw(by=None, complaint=answered(qinghe, NOON), now=now)
    assert open_steps(mine, now) == set()
    with pytest.raises(ComplaintRefused, match="this step is over"):
        person.reopen(by=None, complaint=mine, reason="x", now=now)
    # One that was late before it was withdrawn stays late when it is opened again.
    late = person.withdraw(
        by=qinghe.kong, complaint=phoned(qinghe, NOON), word=word(NOON), now=NOON + 3 * DAY
    )
    opened = person.reopen(by=None, complaint=late, reason="没有撤", now=NOON + 4 * DAY)
    assert opened.first_due_at == NOON + DAY and opened.is_late(NOON + 4 * DAY)


def test_the_pages_say_who_noted_it_and_offer_to_open_it_again(ready: World) -> None:
    now = timezone.now().replace(second=0, microsecond=0)
    with act_in(ready.qinghe):
        content = said(ready.lead, channel=Channel.PHONE, anonymous=False, name="龚国良")
        made = filing.file(by=ready.kong, said=content, mark="told", now=now - timedelta(hours=30))
        anonymous = filed(ready.lead, now)
    at_ = f"/a/qinghe/complaints/{made.complaint.pk}/"
    text = page(ready, "kong", at_)
    assert "记录投诉人撤回" in text and "谁说的" in text
    assert "记录投诉人撤回" not in page(ready, "kong", f"/a/qinghe/complaints/{anonymous.pk}/")
    assert step(ready, "kong", made.complaint, "withdraw", reason="投诉人来电").status_code == 400
    local = timezone.localtime(now - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
    sent = {"who": "family", "how": "phone", "at": local, "note": "女儿来电说不投诉了"}
    answer = ready.client("kong").post(f"{at_}withdraw/?version={made.complaint.version}", sent)
    assert answer.status_code == 302
    text = page(ready, "kong", at_)
    assert "未给出即结束，当时已逾期" in text and "工作人员记录为撤回" in text and "家属 · 电话" in text
    assert "撤回前已逾期" in page(ready, "kong", "/a/qinghe/complaints/?view=closed")
    told = Client().get(links.followed("qinghe", made.secret, "zh-hans")).content.decode()
    assert "您已撤回" not in told and "孔" in told and "女儿来电说不投诉了" in told and "我没有撤回" in told
