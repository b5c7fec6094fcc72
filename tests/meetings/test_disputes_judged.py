"""Who sits in a body that judges disputes reads them without its role, as long as the term lasts."""

from __future__ import annotations

from datetime import date

import pytest

from grouping.disputes import services
from grouping.models import Dispute
from performance.meetings.models import Body, Seat
from performance.meetings.services import bodies
from tests.meetings.scene import DOCUMENT, NOW, seated
from tests.performance.scene import inside
from tests.world import World, member

LIST = "/a/qinghe/disputes/"


def filed(world: World) -> Dispute:
    """By Lin of the lead hospital, about the definition of an indicator."""
    with inside(world):
        return services.file_dispute(
            by=world.lin, about="indicator", thing=services.Thing("performance.indicator", "cmi"), code="cmi",
            text="口径不含日间手术", now=NOW,
        )  # fmt: skip


def chaired(world: World, kind: str) -> tuple[Body, Seat]:
    """A body with the head of Shiqiao as its chair; her role reads no disputes."""
    with inside(world):
        head = world.people["head"] = member("head", "韩素梅", world.shiqiao, "institution_head")
        body = bodies.found(
            by=world.luo, now=NOW, code=kind, kind=kind, rhythm="monthly", due_day=12, document=DOCUMENT
        )
        return body, seated(world, body, head, "chair")


@pytest.mark.parametrize("kind", ["quality", "technical", "management"])
def test_the_chair_reads_what_the_body_judges_and_decides_nothing_by_the_seat(
    qinghe: World, kind: str
) -> None:
    row = filed(qinghe)
    body, _seat = chaired(qinghe, kind)
    client = qinghe.client("head")
    page = client.get(f"/a/qinghe/bodies/{body.pk}/").content.decode()
    assert f'href="{LIST}"' in page
    assert "口径不含日间手术" in client.get(LIST).content.decode()
    assert "口径不含日间手术" in client.get(f"{LIST}{row.pk}/").content.decode()
    assert client.get(f"{LIST}settled/").status_code == 200
    assert client.post(f"{LIST}{row.pk}/study/").status_code == 403
    assert client.post(f"{LIST}{row.pk}/panel/give/", {"verdict": "for", "text": "同意"}).status_code == 403


@pytest.mark.parametrize("kind", ["budget", "fund", "council", "working"])
def test_a_seat_in_another_body_opens_none(qinghe: World, kind: str) -> None:
    row = filed(qinghe)
    body, _seat = chaired(qinghe, kind)
    client = qinghe.client("head")
    assert f'href="{LIST}"' not in client.get(f"/a/qinghe/bodies/{body.pk}/").content.decode()
    assert client.get(LIST).status_code == client.get(f"{LIST}{row.pk}/").status_code == 403


def test_with_the_term_the_way_ends(qinghe: World) -> None:
    row = filed(qinghe)
    body, seat = chaired(qinghe, "quality")
    with inside(qinghe):
        bodies.end(by=qinghe.luo, seat=seat, last_day=date(2026, 11, 11), reason="改任")
    client = qinghe.client("head")
    assert client.get(LIST).status_code == client.get(f"{LIST}{row.pk}/").status_code == 403
    assert f'href="{LIST}"' not in client.get(f"/a/qinghe/bodies/{body.pk}/").content.decode()
