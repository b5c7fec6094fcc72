"""Filing, handling and the person's own steps; what must never happen is refused by the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from alliance.lib.secrets import hashed
from alliance.models import Attachment, Journal
from alliance.models.base import Stale
from complaints.models import Channel, Complaint, Report
from complaints.services import box, filing, handling, merging, person
from complaints.services.refusals import ComplaintRefused
from tests.complaints.scene import (
    answered,
    appoint,
    assigned,
    at,
    department,
    filed,
    phoned,
    resolved,
    said,
)
from tests.world import World

NOON = at("2026-11-11 12:00")


def again(row: Complaint) -> Complaint:
    """The complaint as it is now."""
    return Complaint.objects.get(pk=row.pk)  # type: ignore[no-any-return]


def refused(statement: str, *values: object) -> bool:
    """Whether the database itself refuses a statement, deferred checks included."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            cursor.execute("set constraints all immediate")
    except DatabaseError:
        return True
    return False


def test_an_anonymous_complaint_keeps_nothing_of_who_sent_it(qinghe: World) -> None:
    row = filed(qinghe.lead, NOON)
    assert row.number == "TS-261111-0001" and row.anonymous and row.name is None and row.entered_by is None
    entry = Journal.objects.get(verb="complaint.filed")
    assert (entry.membership, entry.user, entry.address, entry.request_id) == (None, None, None, "")
    assert refused("update complaints_complaint set name = 'x'::bytea where id = %s", row.pk)
    with pytest.raises(ComplaintRefused, match="no name"):
        filing.file(by=None, said=said(qinghe.lead, name="龚"), mark="a", now=NOON)


def test_the_same_form_sent_twice_is_one_complaint_with_one_link(qinghe: World) -> None:
    first = filing.file(by=None, said=said(qinghe.lead), mark="form", now=NOON)
    second = filing.file(by=None, said=said(qinghe.lead), mark="form", now=NOON + timedelta(seconds=2))
    assert (first.again, second.again, first.secret) == (False, True, second.secret)
    assert Complaint.objects.count() == 1 and person.of_link(first.secret) == first.complaint
    stored = Complaint.objects.values("link_hash", "mark").get()
    assert first.secret not in str(stored) and stored["link_hash"] == hashed(first.secret)
    assert person.of_link(first.secret[:-1] + "x") is None


def test_a_member_takes_down_and_nobody_else_uses_those_channels(qinghe: World) -> None:
    row = phoned(qinghe, NOON)
    raw = "select name, phone from complaints_complaint where id = %s"
    with connection.cursor() as cursor:
        cursor.execute(raw, [row.pk])
        assert all("龚".encode() not in bytes(value) for value in cursor.fetchone())
    assert handling.reveal(by=qinghe.kong, complaint=row, reason="回电") == ("龚国良", "13800001234")
    with pytest.raises(PermissionDenied):
        handling.reveal(by=qinghe.gu, complaint=assigned(qinghe, NOON), reason="想知道")
    with pytest.raises(PermissionDenied):
        filing.file(by=None, said=said(qinghe.lead, channel=Channel.PHONE), mark="b", now=NOON)
    with pytest.raises(PermissionDenied):
        filing.file(by=qinghe.ding, said=said(qinghe.lead, channel=Channel.PHONE), mark="b", now=NOON)


def test_the_machine_is_the_databases_too(qinghe: World) -> None:
    row = filed(qinghe.lead, NOON)
    for state in ("answered", "resolved", "closed", "reopened"):
        assert refused("update complaints_complaint set state = %s where id = %s", state, row.pk)
    done = resolved(qinghe, NOON)
    assert refused("update complaints_complaint set verdict = '' where id = %s", done.pk)
    assert refused("update complaints_complaint set solved = true where id = %s", done.pk)
    assert refused("update complaints_answer set text = 'x'")
    assert refused("delete from complaints_escalation") and refused("delete from complaints_concerned")
    assert refused("update complaints_complaint set merged_into_id = %s where id = %s", done.pk, row.pk)


def test_from_the_first_answer_to_really_solved(qinghe: World) -> None:
    row = resolved(qinghe, NOON)
    again = person.reopen(by=None, complaint=row, reason="钱没有退", now=NOON + timedelta(days=1))
    assert (again.state, again.round, again.solved, again.verdict) == ("reopened", 2, False, "")
    assert again.result_due_at == at("2026-11-20 00:00")  # anew: five working days after 11-12
    done = handling.resolve(
        by=qinghe.kong, complaint=again, text="已到账", verdict="true", now=NOON + timedelta(days=2)
    )
    closed = person.confirm(by=None, complaint=done, now=NOON + timedelta(days=3))
    assert (closed.state, closed.solved) == ("closed", True)
    assert [one.kind for one in closed.answers.all()] == ["first", "result", "result"]
    with pytest.raises(ComplaintRefused, match="30 days"):
        person.reopen(by=None, complaint=closed, reason="又收", now=NOON + timedelta(days=34))


def test_several_departments_have_ten_working_days_and_an_order_its_own(qinghe: World) -> None:
    second = type(department(qinghe.lead)).objects.create(
        institution=qinghe.lead, code="09", name="收费处", kind="administration"
    )
    row = filed(qinghe.lead, NOON)
    assert row.result_due_at == at("2026-11-19 00:00")
    both = [department(qinghe.lead), second]
    joint = handling.assign(by=qinghe.kong, complaint=row, departments=both, now=NOON)
    assert (joint.result_rule, joint.result_due_at) == ("WD10", at("2026-11-26 00:00"))
    order = filing.Order("12345-1", at("2026-11-10 09:00"), None, at("2026-11-13 17:00"))
    content = said(qinghe.lead, channel=Channel.HOTLINE_12345, order=order, departments=both)
    taken = filing.file(by=qinghe.kong, said=content, mark="o", now=NOON).complaint
    assert (taken.result_rule, taken.result_due_at) == ("", at("2026-11-13 17:00"))
    with pytest.raises(ComplaintRefused, match=taken.number):
        filing.file(by=qinghe.kong, said=content, mark="p", now=NOON)


def test_a_duplicate_goes_into_the_earlier_one_and_chains_are_flat(qinghe: World) -> None:
    first, second, third = (filed(qinghe.lead, NOON + timedelta(hours=n)) for n in range(3))
    now = NOON + timedelta(hours=4)
    merging.merge(by=qinghe.luo, complaint=third, number=second.number, reason="同一人", now=now)
    with pytest.raises(ComplaintRefused):
        merging.merge(by=qinghe.luo, complaint=first, number=second.number, reason="晚的", now=now)
    merging.merge(by=qinghe.luo, complaint=second, number=first.number, reason="同一事", now=now)
    assert [one.pk for one in merging.duplicates_of(first)] == [second.pk, third.pk]
    assert Complaint.objects.counted().count() == 1


def test_who_is_complained_of_makes_no_two_complaints_one(qinghe: World) -> None:
    first, second = filed(qinghe.lead, NOON), filed(qinghe.lead, NOON + timedelta(hours=1))
    elsewhere = filed(qinghe.tcm, NOON)
    with pytest.raises(PermissionDenied):
        merging.merge(by=qinghe.kong, complaint=second, number=first.number, reason="同一事", now=NOON)
    assert "merge" not in {one.name for one in second.steps_for(qinghe.kong)}
    assert "merge" in {one.name for one in second.steps_for(qinghe.luo)}
    raw = (
        "update complaints_complaint set state = 'merged', closed_at = now(), merged_into_id = %s, "
        "merged_by_id = %s where id = %s"
    )
    assert refused(raw, first.pk, qinghe.kong.pk, second.pk) and refused(raw, first.pk, None, second.pk)
    assert refused(raw, second.pk, qinghe.luo.pk, first.pk)  # the earlier into the later
    assert refused(raw, elsewhere.pk, qinghe.luo.pk, second.pk)
    assert not refused(raw, first.pk, qinghe.luo.pk, second.pk)


def test_a_duplicate_keeps_its_own_clock_and_goes_its_way_when_the_other_is_withdrawn(qinghe: World) -> None:
    first, late = filed(qinghe.lead, NOON), filed(qinghe.lead, NOON + timedelta(hours=1))
    third = answered(qinghe, NOON + timedelta(hours=2))
    now = NOON + timedelta(hours=27)
    for one in (late, third):
        merging.merge(by=qinghe.luo, complaint=one, number=first.number, reason="同一事", now=now)
    late, third = again(late), again(third)
    assert late.ended_late == (True, False) and third.first_was_in_time
    with pytest.raises(ComplaintRefused):  # the earlier one has no result yet
        person.reopen(by=None, complaint=late, reason="不对", now=now)
    person.withdraw(by=None, complaint=first, now=now + timedelta(hours=1))
    late, third = again(late), again(third)
    assert (late.state, late.merged_into_id, late.closed_at) == ("received", None, None)
    assert late.is_late(now) and third.state == "reopened" and third.round == 1
    handling.answer(by=qinghe.kong, complaint=late, text="答复", now=now + timedelta(hours=2))


def test_whom_the_answer_of_the_other_does_not_help_is_heard_again(qinghe: World) -> None:
    first = assigned(qinghe, NOON)
    second = filed(qinghe.lead, NOON + timedelta(hours=1))
    now = NOON + timedelta(hours=2)
    merging.merge(by=qinghe.luo, complaint=second, number=first.number, reason="同一事", now=now)
    handling.answer(by=qinghe.kong, complaint=again(first), text="一", now=now)
    handling.resolve(by=qinghe.kong, complaint=again(first), text="二", verdict="true", now=now)
    heard = person.reopen(by=None, complaint=again(second), reason="我的钱没有退", now=now)
    assert (heard.state, heard.round, heard.solved, heard.merged_into) == ("received", 2, False, None)
    with pytest.raises(PermissionDenied):
        merging.separate(by=qinghe.kong, complaint=again(second), reason="说明理由", now=now)


def test_of_two_who_answer_at_once_one_gets_it(qinghe: World) -> None:
    row = assigned(qinghe, NOON)
    handling.answer(by=qinghe.gu, complaint=row, text="一", now=NOON)
    with pytest.raises(Stale):
        handling.answer(by=qinghe.kong, complaint=row, text="二", now=NOON)


def test_who_sees_what(qinghe: World) -> None:
    mine, other = assigned(qinghe, NOON), filed(qinghe.lead, NOON)
    elsewhere, village = filed(qinghe.tcm, NOON), filed(qinghe.liulin, NOON)
    seen = lambda who: set(Complaint.objects.visible_to(who))  # noqa: E731
    assert seen(qinghe.luo) == {mine, other, elsewhere, village}
    assert seen(qinghe.kong) == {mine, other} and seen(qinghe.gu) == {mine} and seen(qinghe.wu) == set()
    with pytest.raises(PermissionDenied):
        handling.answer(by=qinghe.gu, complaint=other, text="x", now=NOON)


def test_the_sealed_box_is_empty_to_every_other_query(qinghe: World) -> None:
    appoint(qinghe, qinghe.ji)
    before = Journal.objects.count()
    sealed = box.file(
        institution=qinghe.lead, text="虚假住院套取基金", name="知情人", phone="", mark="r", now=NOON,
        uploads=[box.Upload("名单.pdf", [b"%PDF-1.4 x"], "application/pdf", 1000)],
    )  # fmt: skip
    assert Report.objects.count() == 0 and Journal.objects.count() == before
    with connection.cursor() as cursor:
        for table in ("report", "reportfile", "reportevent"):
            cursor.execute(f"select count(*) from complaints_{table}")
            assert cursor.fetchone() == (0,)
    assert Attachment.objects.exclude(purpose="evidence").get().shown_name == "1.pdf"
    for who in (qinghe.luo, qinghe.su, qinghe.ding, qinghe.kong):
        with pytest.raises(PermissionDenied):
            box.listed(by=who)
    row = box.listed(by=qinghe.ji)[0]
    assert (row.number, row.text, row.institution) == (sealed.number, "虚假住院套取基金", str(qinghe.lead.pk))
    _row, events, files = box.read(by=qinghe.ji, pk=row.pk, now=NOON)
    assert [one.what for one in events] == ["opened"] and len(files) == 1
    assert Report.objects.count() == 0  # shut again
    again = box.file(institution=qinghe.lead, text="同一张表", mark="r", now=NOON)
    assert again == sealed and len(box.listed(by=qinghe.ji)) == 1


def test_a_report_is_told_once(qinghe: World) -> None:
    appoint(qinghe, qinghe.ji)
    secret = box.file(institution=qinghe.lead, text="x", mark="r", now=NOON).secret
    pk = box.listed(by=qinghe.ji)[0].pk
    with pytest.raises(ComplaintRefused, match="told"):
        box.move(by=qinghe.ji, pk=pk, to="refused", said="", note="", now=NOON)
    box.move(by=qinghe.ji, pk=pk, to="examined", said="", note="立案", now=NOON)
    box.move(by=qinghe.ji, pk=pk, to="finished", said="已查实，移交处理", note="", now=NOON)
    with pytest.raises(ComplaintRefused):
        box.move(by=qinghe.ji, pk=pk, to="examined", said="", note="", now=NOON)
    found = box.of_link(secret)
    assert found is not None and found.said == "已查实，移交处理"


def test_a_file_without_owner_is_only_what_the_public_sent(qinghe: World) -> None:
    row = answered(qinghe, NOON)
    assert row.state == "answered"
    assert refused(
        "insert into alliance_attachment (alliance_id, purpose, stored_name, shown_name, content_type, size,"
        " sha256, created_at) values (%s, 'export', 'a', 'a', 'a', 1, 'a', now())",
        qinghe.qinghe.pk,
    )
