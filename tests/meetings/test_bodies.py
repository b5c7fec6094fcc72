"""Bodies and seats: terms that never overlap, one chair, what is missing, who votes that day."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection

from alliance.approvals import facts
from alliance.approvals.steps import Step, Votes, outcome
from performance.meetings.composition import Lack, Sitting, lacks
from performance.meetings.models import Seat
from performance.meetings.refusals import BodyRefused
from performance.meetings.services import bodies
from tests.meetings.scene import DOCUMENT, NOW, committee, inside, seated
from tests.world import World, member

A = "/a/qinghe"


def test_a_person_sits_once_at_a_time_and_again_after_the_term(qinghe: World) -> None:
    body = committee(qinghe)
    with inside(qinghe):
        with pytest.raises(BodyRefused, match="some of these days"):
            seated(qinghe, body, qinghe.yu)
        first = Seat.objects.select_related("body").get(user=qinghe.yu.user_id)
        bodies.end(by=qinghe.luo, seat=first, last_day=date(2026, 11, 30), reason="轮换")
        with pytest.raises(BodyRefused, match="has ended"):
            bodies.end(by=qinghe.luo, seat=first, last_day=date(2026, 11, 30), reason="轮换")
        seated(qinghe, body, qinghe.yu, from_date=date(2026, 12, 1))
        assert Seat.objects.on(date(2026, 11, 30)).filter(user=qinghe.yu.user_id).count() == 1
        assert Seat.objects.on(date(2026, 12, 1)).filter(user=qinghe.yu.user_id).count() == 1


def test_there_is_one_chair(qinghe: World) -> None:
    body = committee(qinghe)
    with inside(qinghe), pytest.raises(BodyRefused, match="has a chair"):
        seated(qinghe, body, qinghe.meng, "chair")


def test_somebody_from_outside_is_named_and_has_an_organisation(qinghe: World) -> None:
    body = committee(qinghe)
    with inside(qinghe):
        with pytest.raises(BodyRefused, match="organisation"):
            seated(qinghe, body, None, name="陈立")  # type: ignore[arg-type]
        row = seated(qinghe, body, None, name="陈立", organisation="县医保局", post="insurer")  # type: ignore[arg-type]
        assert row.user_id is None
        assert len(bodies.users_of("quality", date(2026, 11, 12))) == 4  # no vote in the system


@pytest.mark.parametrize(
    "statement",
    [
        "insert into meetings_seat (alliance_id, body_id, membership_id, user_id, name, organisation, "
        "function, post, from_date, document, entered_by_id, entered_at) select alliance_id, body_id, "
        "membership_id, user_id, name, organisation, 'member', post, from_date + 5, document, "
        "entered_by_id, entered_at from meetings_seat where function = 'member' limit 1",
        "update meetings_seat set from_date = from_date - 400",
        "update meetings_seat set user_id = null",
        "delete from meetings_seat",
    ],
)
def test_the_database_refuses_what_no_term_may_be(qinghe: World, statement: str) -> None:
    committee(qinghe)
    with pytest.raises(DatabaseError), inside(qinghe), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_fund_committee_names_what_it_lacks() -> None:
    """S1-51: the head chairs; deputy head, insurance, medical affairs, finance, a clinical head sit there."""
    sitting = [Sitting("chair", "deputy_head"), Sitting("member", "head"), Sitting("member", "finance")]
    assert lacks("fund", sitting) == [
        Lack("function", "secretary"), Lack("post", "insurance"), Lack("post", "medical"),
        Lack("post", "clinical"), Lack("chair_post", "head"),
    ]  # fmt: skip
    whole = [
        Sitting("chair", "head"), Sitting("secretary", "insurance"), Sitting("member", "deputy_head"),
        Sitting("member", "medical"), Sitting("member", "finance"), Sitting("member", "clinical"),
    ]  # fmt: skip
    assert lacks("fund", whole) == []


def test_more_than_half_carry_and_half_lose() -> None:
    step = Step("会", body="quality", rule="majority")
    four = frozenset({1, 2, 3, 4})
    votes = lambda yes, no: Votes(four, frozenset(yes), frozenset(no))  # noqa: E731
    assert outcome(step, votes({1, 2}, {3}), proposer=9) == "waiting"
    assert outcome(step, votes({1, 2, 3}, set()), proposer=9) == "passed"
    assert outcome(step, votes({1, 2}, {3, 4}), proposer=9) == "declined"


def test_who_votes_are_the_members_in_term_that_day(qinghe: World) -> None:
    body = committee(qinghe)
    step = Step("会", body="quality", rule="majority")
    with inside(qinghe):
        seat = Seat.objects.select_related("body").get(user=qinghe.mao.user_id)
        bodies.end(by=qinghe.luo, seat=seat, last_day=date(2026, 11, 20), reason="调离")
        seated(qinghe, body, qinghe.meng, from_date=date(2026, 11, 21))
        with time_machine.travel("2026-11-20 23:59:00+08:00", tick=False):
            before = facts.electors(step, institution_id=None, proposer=0)
        with time_machine.travel("2026-11-21 00:00:00+08:00", tick=False):
            after = facts.electors(step, institution_id=None, proposer=0)
    assert qinghe.mao.user_id in before and qinghe.mao.user_id not in after
    assert qinghe.meng.user_id in after and qinghe.meng.user_id not in before
    assert len(before) == len(after) == 4


def test_an_institution_founds_its_own_body_and_no_other(qinghe: World) -> None:
    with inside(qinghe):
        own = bodies.found(
            by=qinghe.kong, code="fund-qh01", kind="fund", rhythm="monthly", due_day=10, document=DOCUMENT,
            institution=qinghe.lead, now=NOW,
        )  # fmt: skip
        with pytest.raises(PermissionDenied):
            bodies.found(
                by=qinghe.kong, code="x", kind="fund", rhythm="need", document=DOCUMENT,
                institution=qinghe.tcm, now=NOW,
            )  # fmt: skip
    assert qinghe.client("kong").get(f"{A}/bodies/{own.pk}/").status_code == 200
    with inside(qinghe):
        qinghe.people["lu"] = member("lu", "卢", qinghe.tcm, "institution_admin")
    assert qinghe.client("lu").get(f"{A}/bodies/{own.pk}/").status_code == 404


def test_the_management_committee_is_called_as_the_alliance_calls_it(qinghe: World) -> None:
    with inside(qinghe):
        body = bodies.found(
            by=qinghe.luo, code="deciding", kind="management", rhythm="need", document=DOCUMENT, now=NOW
        )
        body.alliance.body = "council"
        assert body.title == str(body.alliance.get_body_display())


def test_seating_in_the_browser_keeps_what_was_typed(qinghe: World) -> None:
    body = committee(qinghe)
    client, url = qinghe.client("luo"), f"{A}/bodies/{body.pk}/seat/"
    answer = client.post(url, {
        "membership": qinghe.yu.pk, "function": "member", "post": "quality", "from_date": "2026-06-01",
        "document": "任命1号",
    })  # fmt: skip
    assert answer.status_code == 400 and "任命1号" in answer.content.decode()
    answer = client.post(url, {
        "name": "陈立", "organisation": "县医保局", "function": "member", "post": "insurer",
        "from_date": "2026-06-01", "document": "任命1号",
    })  # fmt: skip
    assert answer.status_code == 302
    page = client.get(f"{A}/bodies/{body.pk}/").content.decode()
    assert "陈立" in page and "县医保局" in page
