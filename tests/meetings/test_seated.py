"""A seat opens the meetings of its body, whatever the role: agenda, minutes, own vote."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from alliance.approvals import services as approvals
from performance.meetings.models import Meeting
from performance.meetings.services import bodies, meetings, minuting, resolving
from tests.meetings.scene import BEGINS, NOW, again, committee, inside, planned, seated, waits
from tests.world import World

A = "/a/qinghe"
pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def frozen() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def with_lin(world: World) -> Meeting:
    """The committee with Lin, who has no right to look at meetings, in it; its meeting planned."""
    body = committee(world)
    with inside(world):
        assert not world.lin.can("meeting.view") and not world.lin.can("approval.decide")
        seated(world, body, world.lin)
    return planned(world, body)


def test_an_invitation_stands_in_the_inbox_and_opens_the_meeting(qinghe: World) -> None:
    row = with_lin(qinghe)
    with inside(qinghe):
        meetings.invite(by=qinghe.shu, meeting=again(row), now=BEGINS)
        found = waits(qinghe.lin, BEGINS - timedelta(hours=2))
    assert [(one.what, one.url) for one in found] == [(row.title, f"/meetings/{row.pk}/")]
    page = qinghe.client("lin").get(f"{A}/meetings/{row.pk}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert f"{A}/bodies/" not in text and f'href="{A}/meetings/"' not in text and "/review/" not in text
    assert qinghe.client("zhao").get(f"{A}/meetings/{row.pk}/").status_code == 404  # has no seat


def test_a_seat_opens_nothing_else(qinghe: World) -> None:
    row = with_lin(qinghe)
    other = committee_of_others(qinghe)
    client = qinghe.client("lin")
    for path in (
        "meetings/",
        "bodies/",
        f"bodies/{row.body_id}/",
        f"meetings/{row.pk}/review/",
        "approvals/",
    ):
        assert client.get(f"{A}/{path}").status_code == 403, path
    assert client.get(f"{A}/meetings/{other.pk}/").status_code == 404
    for step in ("act/fill/", "act/invite/", "held/", "points/", "resolutions/"):
        assert client.post(f"{A}/meetings/{row.pk}/{step}").status_code == 403, step


def committee_of_others(world: World) -> Meeting:
    with inside(world):
        body = bodies.found(by=world.luo, code="other", kind="budget", rhythm="need", document="x", now=NOW)
        seated(world, body, world.shu, "secretary")
        world.shu.__dict__.pop("_leading", None)  # looked up once a request
    return planned(world, body)


def test_a_seat_that_began_after_the_meeting_opens_it_not(qinghe: World) -> None:
    row = planned(qinghe, committee(qinghe))
    with inside(qinghe):
        seated(qinghe, row.body, qinghe.lin, from_date=date(2026, 12, 1))
    assert qinghe.client("lin").get(f"{A}/meetings/{row.pk}/").status_code == 404


def test_who_sits_there_votes_on_the_page_of_the_meeting_and_reads_the_minutes(qinghe: World) -> None:
    row = with_lin(qinghe)
    with inside(qinghe):
        meetings.invite(by=qinghe.shu, meeting=again(row), now=BEGINS)
        presence = {one.pk: "present" for one in again(row).attendance.all()}
        meetings.hold(by=qinghe.shu, meeting=again(row), presence=presence, now=NOW)
        put = resolving.write(by=qinghe.shu, meeting=again(row), text="每周通报", now=NOW)
        put = resolving.put(by=qinghe.shu, resolution=put, now=NOW)
        asked = [one for one in waits(qinghe.lin, NOW) if one.what == "每周通报"]
    assert [one.url for one in asked] == [f"/meetings/{row.pk}/"]
    client, vote = qinghe.client("lin"), f"{A}/meetings/{row.pk}/resolutions/{put.pk}/vote/"
    assert vote in client.get(f"{A}/meetings/{row.pk}/").content.decode()
    assert client.post(vote, {"verdict": "no", "note": ""}).status_code == 400
    assert qinghe.client("zhao").post(vote, {"verdict": "yes", "note": ""}).status_code == 404
    assert client.post(vote, {"verdict": "yes", "note": ""}).status_code == 302
    assert client.post(vote, {"verdict": "yes", "note": ""}).status_code == 400
    with inside(qinghe):
        approval = again(put).approval
        assert [one.user_id for one in approval.decisions.all()] == [qinghe.lin.user_id]
        # Five sit there: three yes carry it, Lin's among them.
        for name in ("he", "yu"):
            approvals.decide(by=qinghe.people[name], approval=approval, verdict="yes")
        assert again(put).state == "carried"
        minuting.write(by=qinghe.shu, meeting=again(row), now=NOW)
    for path in ("minutes/1/", "minutes/1/print/", "minutes/1/docx/"):
        assert client.get(f"{A}/meetings/{row.pk}/{path}").status_code == 200
    assert client.post(f"{A}/meetings/{row.pk}/minutes/1/sign/").status_code == 302  # refused: no signer
    with inside(qinghe):
        assert again(row).state == "held"
