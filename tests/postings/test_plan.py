"""A posting is proposed by one side and agreed by the other; then its days are planned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from alliance.models.base import Stale
from alliance.postings import services
from alliance.postings.models import Posting, Visit
from alliance.postings.services import PostingRefused
from tests.postings.scene import MONDAY, NOW, agreed, expert, terms
from tests.world import World


def days(posting: Posting, state: str = "planned") -> list[date]:
    return list(Visit.objects.filter(posting=posting, state=state).values_list("day", flat=True))


def test_the_days_are_planned_when_the_host_agrees(qinghe: World) -> None:
    posting = services.propose(by=qinghe.kong, terms=terms(expert(qinghe.lead), qinghe.shiqiao), now=NOW)
    assert days(posting) == []
    services.agree(by=qinghe.zhao, posting=posting, now=NOW)
    assert [f"{day:%m-%d}" for day in days(posting)] == [
        "11-02", "11-04", "11-09", "11-11", "11-16", "11-18", "11-23", "11-25",
    ]  # fmt: skip


def test_public_holidays_are_left_out_and_a_chosen_weekend_is_not(qinghe: World) -> None:
    # 1 to 7 October 2026 are holidays; Saturday 10 October is a make-up working day.
    posting = agreed(qinghe, first_day=date(2026, 9, 28), last_day=date(2026, 10, 11), weekdays=(1, 4, 6))
    assert [f"{day:%m-%d}" for day in days(posting)] == ["09-28", "10-03", "10-08", "10-10"]


def test_the_sender_cannot_agree_for_the_host(qinghe: World) -> None:
    posting = services.propose(by=qinghe.kong, terms=terms(expert(qinghe.lead), qinghe.shiqiao), now=NOW)
    for stranger in (qinghe.kong, qinghe.tan, qinghe.luo):
        with pytest.raises(PermissionDenied):
            services.agree(by=stranger, posting=posting, now=NOW)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"last_day": MONDAY - timedelta(days=1)}, "last_day"),
        ({"last_day": MONDAY + timedelta(days=400)}, "last_day"),
        ({"first_day": date(2026, 5, 1)}, "first_day"),
        ({"weekdays": (7,), "last_day": MONDAY + timedelta(days=3)}, "weekdays"),
        ({"purpose": " "}, "purpose"),
        ({"morning": False, "afternoon": False}, "half"),
    ],
)
def test_terms_are_refused_by_name(qinghe: World, change: dict[str, object], reason: str) -> None:
    with pytest.raises(PostingRefused) as refused:
        services.propose(by=qinghe.kong, terms=terms(expert(qinghe.lead), qinghe.shiqiao, **change), now=NOW)
    assert refused.value.reason == reason


def test_nobody_is_posted_to_where_they_work_nor_by_another_institution(qinghe: World) -> None:
    own, foreign = expert(qinghe.lead), expert(qinghe.tcm, code="T1", name="顾青")
    for bad in (terms(own, qinghe.lead), terms(foreign, qinghe.shiqiao)):
        with pytest.raises(PostingRefused):
            services.propose(by=qinghe.kong, terms=bad, now=NOW)


def test_an_expert_is_never_at_two_places_at_once(qinghe: World) -> None:
    who = expert(qinghe.lead)
    agreed(qinghe, who)
    second = services.propose(by=qinghe.kong, terms=terms(who, qinghe.tcm, weekdays=(3,)), now=NOW)
    with pytest.raises(PostingRefused) as refused:
        services.agree(by=qinghe.tan, posting=second, now=NOW)
    assert refused.value.params["day"] == date(2026, 11, 4)
    second.refresh_from_db()
    assert second.state == "proposed"


def test_mornings_and_afternoons_of_two_places_fit(qinghe: World) -> None:
    who = expert(qinghe.lead)
    agreed(qinghe, who, afternoon=False)
    other = services.propose(by=qinghe.kong, terms=terms(who, qinghe.tcm, morning=False), now=NOW)
    services.agree(by=qinghe.tan, posting=other, now=NOW)
    assert len(days(other)) == 8


def test_the_database_itself_refuses_two_places(qinghe: World) -> None:
    posting = agreed(qinghe)
    twin = Visit.objects.filter(posting=posting).first()
    with pytest.raises(IntegrityError, match="visit_one_morning"), transaction.atomic():
        Visit.objects.create(posting=posting, staff=twin.staff, day=twin.day, morning=True, afternoon=False)


def test_the_database_refuses_a_step_that_does_not_exist(qinghe: World) -> None:
    posting = agreed(qinghe)
    with pytest.raises(Exception, match="postings_posting"), transaction.atomic():
        Posting.objects.filter(pk=posting.pk).update(state="proposed")
        connection.check_constraints()


def test_ending_early_drops_what_is_still_planned(qinghe: World) -> None:
    posting = agreed(qinghe)
    services.end(by=qinghe.kong, posting=posting, ended_on=date(2026, 11, 11), why="专家另有任务")
    assert [f"{day:%m-%d}" for day in days(posting)] == ["11-02", "11-04", "11-09", "11-11"]
    assert len(days(posting, "dropped")) == 4
    with pytest.raises(Stale):
        services.end(by=qinghe.kong, posting=Posting.objects.get(pk=posting.pk), ended_on=MONDAY, why="x")


def test_a_refusal_says_why(qinghe: World) -> None:
    posting = services.propose(by=qinghe.kong, terms=terms(expert(qinghe.lead), qinghe.shiqiao), now=NOW)
    with pytest.raises(PostingRefused, match="why"):
        services.refuse(by=qinghe.zhao, posting=posting, why=" ", now=NOW)
    refused = services.refuse(by=qinghe.zhao, posting=posting, why="诊室装修", now=NOW)
    assert (refused.state, refused.why) == ("refused", "诊室装修")
