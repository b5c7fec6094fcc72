"""Days are reported by the sender and confirmed by the host; only then they count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from alliance.lib.period import Month
from alliance.models import Parameter
from alliance.models.base import Stale
from alliance.postings import services
from alliance.postings.models import Visit
from alliance.postings.services import PostingRefused
from alliance.services import journal
from tests.postings.scene import DONE, MONDAY, NOW, agreed, confirmed, day, expert
from tests.world import World

TODAY = date(2026, 11, 12)


def test_reported_then_confirmed(qinghe: World) -> None:
    visit = confirmed(qinghe, agreed(qinghe))
    assert (visit.state, visit.patients_seen, visit.teaching_minutes, visit.retained) == (
        "confirmed",
        18,
        90,
        3,
    )
    assert [step.name for step in journal.steps_of(visit)] == ["report", "confirm"]


def test_the_sender_does_not_confirm_and_the_host_does_not_report(qinghe: World) -> None:
    visit = day(agreed(qinghe))
    with pytest.raises(PermissionDenied):
        services.report(by=qinghe.zhao, visit=visit, figures=DONE, now=NOW)
    services.report(by=qinghe.lin, visit=visit, figures=DONE, now=NOW)
    with pytest.raises(PermissionDenied):
        services.confirm(by=qinghe.lin, visit=day(visit.posting), now=NOW)


def test_the_host_confirms_with_own_figures_what_nobody_reported(qinghe: World) -> None:
    visit = day(agreed(qinghe))
    with pytest.raises(PostingRefused, match="0 where there were none"):
        services.confirm(by=qinghe.zhao, visit=visit, now=NOW)
    done = services.confirm(by=qinghe.zhao, visit=visit, figures=DONE, now=NOW)
    assert (done.state, done.patients_seen) == ("confirmed", 18)


def test_a_day_to_come_is_neither_reported_nor_confirmed(qinghe: World) -> None:
    visit = day(agreed(qinghe), date(2026, 11, 16))
    for step in (services.report, services.confirm):
        by = qinghe.lin if step is services.report else qinghe.zhao
        with pytest.raises(PostingRefused, match="not come"):
            step(by=by, visit=visit, figures=DONE, now=NOW)


def test_a_disputed_day_is_reported_again(qinghe: World) -> None:
    posting = agreed(qinghe)
    services.report(by=qinghe.lin, visit=day(posting), figures=DONE, now=NOW)
    disputed = services.dispute(by=qinghe.zhao, visit=day(posting), why="下午未到")
    assert (disputed.state, disputed.why) == ("disputed", "下午未到")
    again = services.report(by=qinghe.lin, visit=day(posting), figures=DONE, now=NOW)
    assert (again.state, again.why) == ("reported", "")


def test_of_two_who_confirm_at_once_one_is_told(qinghe: World) -> None:
    posting = agreed(qinghe)
    services.report(by=qinghe.lin, visit=day(posting), figures=DONE, now=NOW)
    one, other = day(posting), day(posting)
    services.confirm(by=qinghe.zhao, visit=one, now=NOW)
    with pytest.raises(Stale):
        services.confirm(by=qinghe.zhao, visit=other, now=NOW)


def test_many_are_confirmed_together_or_not_at_all(qinghe: World) -> None:
    posting = agreed(qinghe)
    first, second = day(posting), day(posting, MONDAY + timedelta(days=2))
    for visit in (first, second):
        services.report(by=qinghe.lin, visit=visit, figures=DONE, now=NOW)
    rows = list(Visit.objects.with_names().filter(posting=posting, state="reported"))
    services.dispute(by=qinghe.zhao, visit=day(posting, rows[1].day), why="未到")
    with pytest.raises(Stale):
        services.confirm_many(by=qinghe.zhao, visits=rows, now=NOW)
    assert Visit.objects.get(pk=rows[0].pk).state == "reported"
    done = services.confirm_many(by=qinghe.zhao, visits=rows[:1], now=NOW)
    assert [visit.state for visit in done] == ["confirmed"]


def test_an_absence_has_a_coded_reason(qinghe: World) -> None:
    posting = agreed(qinghe)
    for absence, why in (("", ""), ("holiday", ""), ("other", " ")):
        with pytest.raises(PostingRefused):
            services.absent(by=qinghe.zhao, visit=day(posting), absence=absence, why=why)
    gone = services.absent(by=qinghe.zhao, visit=day(posting), absence="ill")
    assert (gone.state, gone.absence) == ("absent", "ill")


def test_a_swap_keeps_the_chain_and_frees_the_day(qinghe: World) -> None:
    posting, other = agreed(qinghe), expert(qinghe.lead, code="D002", name="江枫")
    new = services.swap(by=qinghe.lin, visit=day(posting), day=date(2026, 11, 3), staff=other, why="调班")
    assert (new.staff, new.day, new.stands_for.state) == (other, date(2026, 11, 3), "moved")
    with pytest.raises(PostingRefused, match="another day"):
        later = day(posting, date(2026, 11, 4))
        services.swap(by=qinghe.lin, visit=later, day=later.day, staff=later.staff, why="x")
    with pytest.raises(PostingRefused, match="already planned"):
        services.swap(
            by=qinghe.lin, visit=day(posting, date(2026, 11, 4)), day=date(2026, 11, 9),
            staff=posting.staff, why="x",
        )  # fmt: skip


def test_a_day_is_swapped_within_the_posting_only(qinghe: World) -> None:
    posting = agreed(qinghe)
    for on in (MONDAY - timedelta(days=1), date(2099, 1, 5)):
        with pytest.raises(PostingRefused, match="2026-11-02 to 2026-11-29") as refused:
            services.swap(by=qinghe.lin, visit=day(posting), day=on, staff=posting.staff, why="调班")
        assert refused.value.field == "day"
    ended = services.end(by=qinghe.kong, posting=posting, ended_on=date(2026, 11, 11), why="专家另有任务")
    with pytest.raises(PostingRefused, match="2026-11-11"):
        services.swap(by=qinghe.lin, visit=day(ended), day=date(2026, 11, 20), staff=ended.staff, why="调班")


def test_only_the_expert_checks_in_on_the_day(qinghe: World) -> None:
    who = expert(qinghe.lead, user=qinghe.lin.user)
    posting = agreed(qinghe, who, first_day=TODAY, last_day=TODAY, weekdays=(4,))
    visit = day(posting, TODAY)
    with pytest.raises(PermissionDenied):
        services.check_in(by=qinghe.kong, visit=visit, now=NOW)
    with pytest.raises(PostingRefused, match="arrival first"):
        services.check_out(by=qinghe.lin, visit=visit, now=NOW)
    noted = services.check_in(by=qinghe.lin, visit=visit, now=NOW, place="31.1,121.2,12")
    assert (noted.checked_in_at, noted.place_in) == (NOW, "")
    left = services.check_out(by=qinghe.lin, visit=day(posting, TODAY), now=NOW + timedelta(hours=3))
    assert left.checked_out_at == NOW + timedelta(hours=3)
    with pytest.raises(PostingRefused, match="on the day itself"):
        services.check_out(by=qinghe.lin, visit=left, now=NOW + timedelta(days=1))


def test_the_place_is_kept_only_where_the_alliance_decided_so(qinghe: World) -> None:
    Parameter.objects.create(
        key="posting.check_in_place", value=1, from_date=date(2026, 11, 1), decided_by="理事会"
    )
    posting = agreed(
        qinghe, expert(qinghe.lead, user=qinghe.lin.user), first_day=TODAY, last_day=TODAY, weekdays=(4,)
    )
    noted = services.check_in(by=qinghe.lin, visit=day(posting, TODAY), now=NOW, place="31.1,121.2,12")
    assert noted.place_in == "31.1,121.2,12"


def test_the_database_knows_no_confirmed_day_without_figures(qinghe: World) -> None:
    visit = confirmed(qinghe, agreed(qinghe))
    with pytest.raises(IntegrityError, match="visit_confirmed"), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(patients_seen=None)


def test_the_host_evaluates_a_month_once(qinghe: World) -> None:
    posting = agreed(qinghe)
    given = {"by": qinghe.zhao, "posting": posting, "now": NOW, "words": "好", "service": 5, "teaching": 4}
    month = Month(2026, 11)
    with pytest.raises(PostingRefused, match="confirmed in that month"):
        services.evaluate(month=month, attendance=5, **given)
    confirmed(qinghe, posting)
    with pytest.raises(PostingRefused, match="one to five"):
        services.evaluate(month=month, attendance=6, **given)
    services.evaluate(month=month, attendance=5, **given)
    with pytest.raises(PostingRefused, match="already evaluated"):
        services.evaluate(month=month, attendance=5, **given)
