"""Who stood aloof in so many of the last months: the list, what is asked for, who reads it (S3-25)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.approvals import services as approvals
from alliance.lib.period import Month
from alliance.models import Institution
from alliance.services import parameters
from alliance.web.addresses import page_addresses
from performance.consequences import show_aloof
from performance.consequences.refusals import ConsequenceRefused
from performance.consequences.services import aloof, interviews, proposals
from performance.models import Consequence, Interview
from tests.performance.scene import inside
from tests.world import World, member

NOW = datetime(2026, 1, 8, 2, tzinfo=UTC)
UNTIL = Month(2025, 12)
A = "/a/qinghe/consequences/aloof"


class Line:
    """What the list reads of a decided month; None: collaboration was not assessed."""

    def __init__(self, place: Institution, share: str | None) -> None:
        self.institution, self.institution_id = place, place.pk
        possible = "0" if share is None else "100"
        points = share or "0"
        self.dimensions = [{"dimension": "collaboration", "points": points, "possible": possible}]


@pytest.fixture
def decided(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[str | None]]]:
    """Half a year up to December 2025, by institution; a test may change it."""
    months: dict[str, list[str | None]] = {
        "lead": ["90", "90", "90", "90", "90", "90"],
        "tcm": ["59.99", "60", "59.99", None, "60", "30"],
        "shiqiao": ["59.99", "20", "60", "60", None, "80"],
    }

    def lines(first: Month, last: Month) -> list[Any]:
        return [
            (UNTIL.plus(place - 5), Line(getattr(world, name), share))
            for name, shares in months.items()
            for place, share in enumerate(shares)
            if first.first_day <= UNTIL.plus(place - 5).first_day <= last.first_day
        ]

    monkeypatch.setattr(aloof, "newest", lambda: UNTIL)
    monkeypatch.setattr(aloof, "decided_lines", lines)
    with time_machine.travel(NOW, tick=False):
        yield months


def names(world: World) -> list[str]:
    with inside(world):
        return [one.code for one in show_aloof.rows(world.luo)[2]]


def decide(world: World, day: int, **value: int) -> None:
    with inside(world):
        parameters.decide(
            by=world.su, key="cp.aloof.months", value=value, from_date=date(2025, 12, day),
            decided_by="卫健局", source="会议纪要",
        )  # fmt: skip


def test_three_of_six_months_below_the_line_enter_the_list(world: World, decided: Any) -> None:
    """A month at the line is reached; one that was not assessed says nothing."""
    assert names(world) == ["QH02"]
    decide(world, 30, least=2, of=6)
    assert names(world) == ["QH02", "QH11"]
    decide(world, 31, least=2, of=3)
    assert names(world) == []


def ask(world: World, **more: Any) -> Consequence:
    said: dict[str, Any] = {
        "by": world.luo, "institution": world.tcm, "kind": "talk", "measure": "约谈院长，说明原因",
        "now": NOW, **more,
    }  # fmt: skip
    return aloof.ask(**said)


def voted(world: World, row: Consequence, verdict: str = "yes") -> Consequence:
    row = proposals.propose(
        by=world.luo, row=Consequence.objects.named().get(pk=row.pk), chain="two_people", today=NOW.date()
    )
    assert row.approval is not None
    approvals.decide(by=world.cai, approval=row.approval, verdict=verdict, note="说明")
    return Consequence.objects.named().get(pk=row.pk)


def test_an_interview_is_asked_for_once_a_month_and_held_when_it_was_agreed_to(
    world: World, decided: Any
) -> None:
    with inside(world):
        for change, reason in (
            ({"institution": world.lead}, "not_listed"), ({"measure": " "}, "measure"),
            ({"kind": "fail"}, "kind"),
        ):  # fmt: skip
            with pytest.raises(ConsequenceRefused) as refused:
                ask(world, **change)
            assert refused.value.reason == reason
        with pytest.raises(PermissionDenied):
            ask(world, by=world.kong)
        row = ask(world)
        assert row.period == "2025-12" and row.figures["months"] == [
            ["2025-07", "59.99"], ["2025-09", "59.99"], ["2025-12", "30.00"],
        ]  # fmt: skip
        with pytest.raises(ConsequenceRefused) as refused:
            ask(world)
        assert refused.value.reason == "asked"
        other = ask(world, kind="resource", measure="暂缓新增大型设备配置")
        assert voted(world, row).state == "agreed" and voted(world, other, "no").state == "declined"
        [interview] = Interview.objects.all()
        assert (interview.consequence_id, interview.institution) == (row.pk, world.tcm)
        interviews.hold(
            by=world.luo, row=interview, held_on=NOW.date(), minutes="限期整改", target=Decimal(70),
            today=NOW.date(),
        )  # fmt: skip
        [line] = show_aloof.rows(world.luo)[2]
        assert len(line.follows) == 2 and [one.state for one in line.interviews] == ["held"]


def test_what_was_not_agreed_to_asks_for_no_interview(world: World, decided: Any) -> None:
    with inside(world):
        voted(world, ask(world), "no")
        assert not Interview.objects.exists()


def test_a_proposal_goes_when_the_figures_go(world: World, decided: Any) -> None:
    with inside(world):
        ask(world)
        assert aloof.look(now=NOW) == proposals.Reviewed()
        decided["tcm"][5] = "30.01"  # other figures: the proposal begins anew with them
        assert aloof.look(now=NOW) == proposals.Reviewed(1, 1, 0)
        [row] = Consequence.objects.filter(state="open")
        assert row.figures["measure"].startswith("约谈院长")
        decided["tcm"][5] = "60"
        assert aloof.look(now=NOW) == proposals.Reviewed(0, 1, 0)


def test_the_authority_reads_the_list_and_no_person(world: World, decided: Any) -> None:
    with inside(world):
        world.people["wei"] = member("wei", "卫主管", None, "authority")
        world.people["ning"] = member("ning", "宁院长", world.tcm, "institution_head")
        voted(world, ask(world))
        Interview.objects.update(state="held", held_on=NOW.date(), minutes="院长某某表示整改", target=70)
    wei = world.client("wei", HTTP_ACCEPT_LANGUAGE="zh-hans")
    for at in ("/", "/of/QH02/", "/print/"):
        answer = wei.get(A + at)
        page = answer.content.decode().split("<main", 1)[-1]
        assert answer.status_code == 200 and "59.99" in page and "01-08" in page
        assert "院长某某" not in page and "罗晓岚" not in page and "提议约谈" not in page
    assert wei.post(f"{A}/of/QH02/talk/", {"measure": "x"}).status_code == 403
    book = openpyxl.load_workbook(io.BytesIO(wei.get(f"{A}/export/").content)).active
    assert book is not None
    head, line = list(book.iter_rows(values_only=True))[-2:]
    assert line[:3] == ("QH02", world.tcm.name, 3) and "2025-12" in head
    # Who stands for one institution reads its own line alone.
    own, other = world.client("ning"), world.client("kong")
    assert "QH02" in own.get(f"{A}/").content.decode() and own.get(f"{A}/of/QH02/").status_code == 200
    assert "QH02" not in other.get(f"{A}/").content.decode().split("<main", 1)[-1]
    assert other.get(f"{A}/of/QH02/").status_code == 404


def test_from_the_line_to_the_vote_by_page(world: World, decided: Any) -> None:
    luo = world.client("luo", HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert "提议资源调控" in luo.get(f"{A}/of/QH02/").content.decode()
    assert luo.post(f"{A}/of/QH02/resource/", {"measure": ""}).status_code == 400
    refused = luo.post(f"{A}/of/QH01/resource/", {"measure": "暂缓配置"})
    assert refused.status_code == 400 and "暂缓配置" not in refused.content.decode().split("<h1", 1)[0]
    made = luo.post(f"{A}/of/QH02/resource/", {"measure": "暂缓新增大型设备配置"})
    assert made.status_code == 302
    page = luo.get(made["Location"]).content.decode()
    assert "暂缓新增大型设备配置" in page and "59.99%" in page and "提交表决" in page


def test_more_institutions_ask_no_more_queries(world: World, decided: Any) -> None:
    def asked() -> int:
        with inside(world), page_addresses("qinghe"), CaptureQueriesContext(connection) as caught:
            show_aloof.list_page(world.luo)
        return len(caught)

    before = asked()
    decided["lead"][:] = decided["shiqiao"][:] = ["10"] * 6
    assert asked() == before and len(names(world)) == 3
