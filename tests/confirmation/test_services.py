"""Opening a month, standing by the records, objecting, answering, deciding."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from alliance.confirmation import services, tasks
from alliance.confirmation.models import Agreement, Difference, Line, Picture, Round, Statement
from alliance.confirmation.standing import State, Word
from alliance.equipment import services as equipment
from alliance.lib.period import Month
from alliance.models import Journal
from alliance.models.base import Stale
from alliance.services import parameters
from tests.confirmation.scene import (
    AFTER,
    NOW,
    OCTOBER,
    arrived,
    confirm,
    line,
    object_to,
    objection,
    opened,
    seen,
    stands,
    use,
)
from tests.world import World

UP, DAYS, USES = "referral.up", "posting.day", "equipment.use"


def test_opening_takes_a_picture_of_every_pair_and_kind(qinghe: World) -> None:
    round_ = opened(qinghe)
    lines = {one.kind: one for one in Line.objects.with_names()}
    assert {kind: (one.count, one.units) for kind, one in lines.items()} == {
        UP: (3, 0), DAYS: (4, 8), USES: (2, 30),
    }  # fmt: skip
    assert (lines[UP].giver, lines[UP].taker) == (qinghe.shiqiao, qinghe.lead)
    assert (lines[DAYS].giver, lines[DAYS].taker) == (qinghe.lead, qinghe.shiqiao)
    assert Picture.objects.get(line=lines[UP]).ids == sorted(Picture.objects.get(line=lines[UP]).ids)
    assert round_.last_day.isoformat() == "2026-11-05"
    assert Journal.objects.filter(verb="confirmation.opened").count() == 1


def test_a_month_is_opened_once_and_only_when_it_is_over(qinghe: World) -> None:
    opened(qinghe)
    with pytest.raises(services.ConfirmationRefused, match="open already"):
        opened(qinghe)
    with pytest.raises(services.ConfirmationRefused, match="not ended"):
        services.open_round(by=qinghe.luo, month=Month(2026, 11), now=NOW)
    with pytest.raises(PermissionDenied):
        services.open_round(by=qinghe.kong, month=Month(2026, 9), now=NOW)


def test_the_calendar_opens_on_the_day_the_alliance_has_chosen(qinghe: World) -> None:
    assert services.open_due(now=NOW - timedelta(days=1)) is None
    made = services.open_due(now=NOW)
    assert made is not None and made.month == OCTOBER.first_day and made.opened_by is None
    assert services.open_due(now=NOW + timedelta(days=1)) is None
    parameters.decide(
        by=qinghe.luo, key="confirmation.open_day", value=1, from_date=NOW.date(), decided_by="绩效办"
    )
    december = NOW.replace(month=12, day=2)
    assert services.open_due(now=december) is None, "November has no record: nothing to confirm"


def test_two_confirmations_of_the_same_records_agree(qinghe: World) -> None:
    opened(qinghe)
    confirm(UP, qinghe.shi)
    assert stands(UP).state == State.WAITS and not Agreement.objects.exists()
    confirm(UP, qinghe.kong)
    assert stands(UP).state == State.AGREED
    agreed = Agreement.objects.get()
    assert agreed.count == 3 and agreed.digest == stands(UP).digest
    assert agreed.giver_statement.institution == qinghe.shiqiao
    assert agreed.taker_statement.institution == qinghe.lead


def test_records_that_change_afterwards_make_it_stale_for_who_confirmed(qinghe: World) -> None:
    opened(qinghe)
    confirm(USES, qinghe.shi)
    confirm(USES, qinghe.kong)
    third = use(qinghe, "L-3")
    stale = stands(USES)
    assert stale.state == State.STALE and stale.count == 3
    assert {stale.word(side) for side in ("giver", "taker")} == {Word.STALE}
    assert stale.waits_for("giver") and stale.waits_for("taker")
    confirm(USES, qinghe.kong)
    assert stands(USES).state == State.STALE
    confirm(USES, qinghe.shi)
    assert stands(USES).state == State.AGREED
    third.refresh_from_db()
    equipment.void(by=qinghe.kong, usage=third, text="重复")
    assert stands(USES).state == State.STALE
    assert Picture.objects.filter(line=line(USES)).count() == 2


def test_minutes_alone_make_it_stale_too(qinghe: World) -> None:
    opened(qinghe)
    confirm(USES, qinghe.shi)
    before = stands(USES).digest
    from alliance.equipment.models import Usage

    last = Usage.objects.latest("pk")
    Usage.objects.filter(pk=last.pk).update(ended_at=last.ended_at + timedelta(minutes=5))
    assert stands(USES).digest != before and stands(USES).state == State.STALE


def test_what_only_one_side_stands_by_is_no_count(qinghe: World) -> None:
    use(qinghe, "L-9", confirmed=False)
    opened(qinghe)
    assert (line(USES).count, line(USES).pending) == (2, 1)


def test_an_objection_is_a_difference_the_other_side_answers(qinghe: World) -> None:
    opened(qinghe)
    confirm(UP, qinghe.kong)
    made = object_to(UP, qinghe.shi)
    found = stands(UP)
    assert found.state == State.DIFFERS and found.waits_for("taker") and not found.waits_for("giver")
    with pytest.raises(PermissionDenied):
        services.answer(by=qinghe.shi, difference=made, verdict="wrong", text="x", now=NOW)
    answered = services.answer(
        by=qinghe.kong, difference=made, verdict="right", text="已补登", now=NOW, version=1
    )
    assert answered.state == "answered" and stands(UP).waits_for("giver")
    arrived(qinghe, serial=4)
    assert stands(UP).state == State.DIFFERS
    confirm(UP, qinghe.shi)
    made.refresh_from_db()
    assert (made.state, made.how) == ("settled", "corrected")
    assert stands(UP).state == State.STALE, "the hospital confirmed three, there are four now"
    confirm(UP, qinghe.kong)
    assert stands(UP).state == State.AGREED


def test_who_objected_may_insist_or_take_it_back(qinghe: World) -> None:
    opened(qinghe)
    made = object_to(UP, qinghe.shi)
    services.answer(by=qinghe.kong, difference=made, verdict="wrong", text="我院无此记录", now=NOW)
    again = object_to(UP, qinghe.shi, own_count=5, text="另有两例")
    assert again.pk == made.pk and again.state == "open" and again.answer == ""
    assert again.statement.own_count == 5 and Difference.objects.count() == 1
    confirm(UP, qinghe.shi)
    again.refresh_from_db()
    assert (again.state, again.how) == ("settled", "back")
    assert stands(UP).state == State.WAITS


def test_both_sides_may_object_and_the_office_decides_both_after_the_deadline(qinghe: World) -> None:
    opened(qinghe)
    first = object_to(UP, qinghe.shi)
    second = object_to(UP, qinghe.kong, own_count=2, reason="never", text="一例未到")
    with pytest.raises(services.ConfirmationRefused, match="until 2026-11-05"):
        services.settle(by=qinghe.luo, difference=first, count=3, units=None, text="x", now=NOW)
    with pytest.raises(PermissionDenied):
        services.settle(by=qinghe.kong, difference=first, count=3, units=None, text="x", now=AFTER)
    services.settle(by=qinghe.luo, difference=first, count=3, units=None, text="以登记为准", now=AFTER)
    second.refresh_from_db()
    assert (second.state, second.how) == ("settled", "office")
    assert stands(UP, AFTER).state == State.SETTLED
    arrived(qinghe, serial=4)
    assert stands(UP, AFTER).state == State.STALE, "the decision was about three records"


def test_silence_after_the_deadline_is_no_agreement(qinghe: World) -> None:
    opened(qinghe)
    confirm(UP, qinghe.shi)
    assert stands(UP, AFTER - timedelta(seconds=1)).state == State.WAITS
    assert stands(UP, AFTER).state == State.SILENT
    confirm(UP, qinghe.kong, now=AFTER)
    assert stands(UP, AFTER).state == State.AGREED


def test_what_is_agreed_stays_agreed_after_the_deadline_unless_the_office_opens_it_again(
    qinghe: World,
) -> None:
    opened(qinghe)
    for kind in (UP, USES):
        confirm(kind, qinghe.shi)
        confirm(kind, qinghe.kong)
    in_time = object_to(USES, qinghe.shi, now=AFTER - timedelta(seconds=1), own_count=9)
    assert not stands(UP, AFTER - timedelta(seconds=1)).closed and stands(UP, AFTER).closed
    with pytest.raises(services.ConfirmationRefused, match="until the end of 2026-11-05"):
        object_to(UP, qinghe.shi, now=AFTER)
    assert stands(UP, AFTER).state == State.AGREED
    object_to(USES, qinghe.shi, now=AFTER, own_count=8)  # a difference raised in time is fought out
    with pytest.raises(services.ConfirmationRefused, match="not closed"):
        services.reopen(by=qinghe.luo, line=line(USES), text="x", now=AFTER)
    services.settle(by=qinghe.luo, difference=in_time, count=2, units=30, text="以日志为准", now=AFTER)
    with pytest.raises(services.ConfirmationRefused, match="Ask the alliance's office"):
        object_to(USES, qinghe.shi, now=AFTER)
    with pytest.raises(services.ConfirmationRefused, match="why"):
        services.reopen(by=qinghe.luo, line=line(UP), text=" ", now=AFTER)
    with pytest.raises(PermissionDenied):
        services.reopen(by=qinghe.kong, line=line(UP), text="x", now=AFTER)
    again = services.reopen(by=qinghe.luo, line=line(UP), text="清河补交一例纸质转诊单", now=AFTER)
    assert again.until > AFTER and stands(UP, AFTER).state == State.AGREED
    made = object_to(UP, qinghe.shi, now=AFTER)
    with pytest.raises(services.ConfirmationRefused, match="have until"):
        services.settle(by=qinghe.luo, difference=made, count=4, units=None, text="x", now=AFTER)
    services.settle(by=qinghe.luo, difference=made, count=4, units=None, text="x", now=again.until)
    assert stands(UP, again.until).closed


def test_records_that_change_after_the_deadline_may_be_objected_to(qinghe: World) -> None:
    opened(qinghe)
    confirm(UP, qinghe.shi)
    confirm(UP, qinghe.kong)
    arrived(qinghe, serial=4)
    assert object_to(UP, qinghe.shi, now=AFTER, own_count=3).state == "open"


def test_who_answered_a_difference_has_spoken(qinghe: World) -> None:
    opened(qinghe)
    made = object_to(UP, qinghe.shi)
    assert stands(UP).word("taker") == Word.NONE
    services.answer(by=qinghe.kong, difference=made, verdict="wrong", text="我院无此记录", now=NOW)
    found = stands(UP, AFTER)
    assert found.word("taker") == Word.ANSWERED
    assert not found.waits_for("taker") and found.waits_for("giver")


def test_n34_what_the_page_showed_is_what_is_confirmed(qinghe: World) -> None:
    opened(qinghe)
    old = seen(UP, qinghe.shi)
    arrived(qinghe, serial=4)
    with pytest.raises(Stale):
        services.confirm(by=qinghe.shi, line=line(UP), seen=old, now=NOW)
    now_seen = seen(UP, qinghe.shi)
    services.confirm(by=qinghe.shi, line=line(UP), seen=now_seen, now=NOW)
    with pytest.raises(Stale):  # the second tab
        services.object_to(by=qinghe.shi, line=line(UP), objection=objection(), seen=now_seen, now=NOW)


def test_all_undisputed_lines_at_once_and_what_changed_is_left_alone(qinghe: World) -> None:
    round_ = opened(qinghe)
    object_to(DAYS, qinghe.shi, own_count=3, reason="never", text="10-14 未到")
    given = {line(kind).pk: seen(kind, qinghe.shi) for kind in (UP, DAYS, USES)}
    arrived(qinghe, serial=4)
    done = services.confirm_many(by=qinghe.shi, round_=round_, seen=given, now=NOW)
    assert (done.confirmed, done.agreed, done.skipped) == (1, 0, 2)
    assert stands(USES).word("taker") == Word.CONFIRMED
    given = {line(kind).pk: seen(kind, qinghe.kong) for kind in (UP, USES)}
    done = services.confirm_many(by=qinghe.kong, round_=round_, seen=given, now=NOW)
    assert (done.confirmed, done.agreed, done.skipped) == (2, 1, 0)


def test_a_third_institution_confirms_nothing(qinghe: World) -> None:
    round_ = opened(qinghe)
    given = seen(UP, qinghe.shi)
    with pytest.raises(PermissionDenied):
        services.confirm(by=qinghe.tang, line=line(UP), seen=given, now=NOW)
    with pytest.raises(PermissionDenied):
        services.confirm(by=qinghe.luo, line=line(UP), seen=given, now=NOW)
    done = services.confirm_many(by=qinghe.tang, round_=round_, seen={line(UP).pk: given}, now=NOW)
    assert done.confirmed == 0 and not Statement.objects.exists()
    assert not Line.objects.visible_to(qinghe.tang).exists()
    assert Line.objects.visible_to(qinghe.luo).count() == 3


def test_records_without_any_line_are_reported_with_the_partner(qinghe: World) -> None:
    round_ = opened(qinghe)
    made = services.report_missing(
        by=qinghe.tang, round_=round_, kind=UP, partner=qinghe.lead, gives=True,
        objection=objection(own_count=1), now=NOW,
    )  # fmt: skip
    assert (made.line.count, made.statement.own_count) == (0, 1)
    for partner in (qinghe.tcm, qinghe.liulin):
        with pytest.raises(services.ConfirmationRefused, match="another institution"):
            services.report_missing(
                by=qinghe.tang, round_=round_, kind=UP, partner=partner, gives=True,
                objection=objection(own_count=1), now=NOW,
            )  # fmt: skip
    with pytest.raises(services.ConfirmationRefused, match="exists"):
        services.report_missing(
            by=qinghe.shi, round_=round_, kind=UP, partner=qinghe.lead, gives=True,
            objection=objection(), now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"own_count": 3}, "same"),
        ({"own_count": -1}, "own_count"),
        ({"own_units": 5}, "own_units"),
        ({"reason": "whatever"}, "reason"),
        ({"text": " "}, "text"),
        ({"record_ids": (999_999,)}, "records"),
    ],
)
def test_an_objection_that_is_not_whole_is_refused(qinghe: World, change: dict, reason: str) -> None:
    opened(qinghe)
    with pytest.raises(services.ConfirmationRefused) as refused:
        object_to(UP, qinghe.shi, **change)
    assert refused.value.reason == reason
    assert not Statement.objects.exists()


def test_village_rooms_count_with_their_township(qinghe: World) -> None:
    from tests.world import member

    qinghe.people["mo"] = member("mo", "莫村医", qinghe.liulin, "clinician")
    arrived(qinghe, serial=5, by="mo")
    opened(qinghe)
    assert line(UP).count == 4 and line(UP).giver == qinghe.shiqiao


def test_counting_again_finds_new_pairs_and_changed_ones(qinghe: World) -> None:
    round_ = opened(qinghe)
    assert services.count_again(by=qinghe.luo, round_=round_, now=NOW) == services.Taken(0, 0)
    arrived(qinghe, serial=4)
    arrived(qinghe, serial=6, by="tan")
    assert services.count_again(by=qinghe.luo, round_=round_, now=NOW) == services.Taken(1, 1)
    assert services.recount_fresh(now=NOW) == 0
    assert Round.objects.count() == 1


def test_the_clock_opens_the_month_and_counts_it_again(qinghe: World) -> None:
    with time_machine.travel(NOW, tick=False):
        tasks.tick()
        assert line(UP).count == 3
        arrived(qinghe, serial=4)
        tasks.tick()
    assert line(UP).count == 4 and Round.objects.get().opened_by is None
