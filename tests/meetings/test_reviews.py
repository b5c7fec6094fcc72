"""Case review: a draw anybody can repeat, opinions of who sits there; the six unifications."""

from __future__ import annotations

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection

from grouping import facts as cases
from performance.meetings.models import CaseReview, Unified
from performance.meetings.refusals import ReviewRefused
from performance.meetings.services import reviewing, unifying
from tests.meetings.scene import NOW, OCTOBER, again, committee, held, inside
from tests.performance.scene import adopt, deliver
from tests.world import World

A = "/a/qinghe"


def test_ten_cases_are_drawn_and_the_seed_draws_the_same(qinghe: World) -> None:
    """S1-49: ten cases a meeting (parameter review.cases), of the month's real discharges."""
    adopt(qinghe)
    deliver(qinghe, OCTOBER, "lead", "lin", 14)
    with time_machine.travel(NOW, tick=False):
        meeting = held(qinghe, committee(qinghe))
        with inside(qinghe):
            row = reviewing.draw(by=qinghe.shu, meeting=again(meeting), now=NOW)
            drawn = list(row.cases.values_list("case", flat=True))
            everybody = list(cases.cases(OCTOBER).values_list("pk", flat=True))
            assert (row.size, row.population) == (10, 14)
            assert drawn == reviewing.order(reversed(everybody), row.seed)[:10]
            assert drawn != reviewing.order(everybody, "another")[:10]
            with pytest.raises(ReviewRefused, match="drawn already"):
                reviewing.draw(by=qinghe.shu, meeting=again(meeting), now=NOW)
            one = row.cases.all()[0]
            with pytest.raises(PermissionDenied):
                reviewing.say(
                    by=qinghe.luo, meeting=again(meeting), drawn=one, verdict="sound", text="", now=NOW
                )
            with pytest.raises(ReviewRefused, match="questionable"):
                reviewing.say(
                    by=qinghe.yu, meeting=again(meeting), drawn=one, verdict="charges", text="", now=NOW
                )
            reviewing.say(
                by=qinghe.yu, meeting=again(meeting), drawn=one, verdict="charges", text="抗菌药物", now=NOW
            )
            with pytest.raises(ReviewRefused, match="have said"):
                reviewing.say(
                    by=qinghe.yu, meeting=again(meeting), drawn=one, verdict="sound", text="", now=NOW
                )
        page = qinghe.client("luo").get(f"{A}/meetings/{meeting.pk}/review/").content.decode()
        assert "抗菌药物" in page and row.seed in page
    for statement in (
        "update meetings_drawncase set place = place + 100",
        "delete from meetings_caseopinion",
    ):
        with pytest.raises(DatabaseError), inside(qinghe), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_month_without_discharges_draws_nothing(qinghe: World) -> None:
    with time_machine.travel(NOW, tick=False):
        meeting = held(qinghe, committee(qinghe))
        with inside(qinghe), pytest.raises(ReviewRefused, match="no discharge"):
            reviewing.draw(by=qinghe.shu, meeting=again(meeting), now=NOW)
        with inside(qinghe):
            assert not CaseReview.objects.exists()


def test_the_newest_entry_says_how_far_a_member_is(qinghe: World) -> None:
    with inside(qinghe):
        with pytest.raises(ReviewRefused, match="shows it"):
            unifying.enter(
                by=qinghe.kong, institution=qinghe.lead, area="drugs", degree="done", evidence=" ", now=NOW
            )
        for degree, evidence in (("partly", "目录比对中"), ("done", "统一目录〔2026〕2号")):
            unifying.enter(
                by=qinghe.kong,
                institution=qinghe.lead,
                area="drugs",
                degree=degree,
                evidence=evidence,
                now=NOW,
            )
        with pytest.raises(PermissionDenied):
            unifying.enter(
                by=qinghe.kong, institution=qinghe.tcm, area="drugs", degree="not", evidence="", now=NOW
            )
        assert unifying.newest(qinghe.luo)[qinghe.lead.pk, "drugs"].degree == "done"
        assert Unified.objects.count() == 2
    page = qinghe.client("luo").get(f"{A}/unified/").content.decode()
    assert "统一目录〔2026〕2号" in page and "1 / 6" in page and "目录比对中" not in page
    body = {"institution": qinghe.lead.pk, "area": "finance", "degree": "partly", "evidence": ""}
    assert qinghe.client("kong").post(f"{A}/unified/", body).status_code == 400
