"""Papers of a month: filled from facts, edited, released by a second person, never changed after."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import override_settings

from alliance.lib.documents import Document, Part, Table, to_docx
from alliance.models import Journal, Staff
from alliance.models.base import Stale
from performance.bulletin import filling, services
from performance.bulletin.refusals import PaperRefused
from performance.bulletin.waiting import waiting
from performance.life import standing
from performance.models import MonthRun, Paper
from tests.performance.scene import NOW, OCTOBER, compute, inside, post
from tests.world import World

A = "/a/qinghe/papers/"


@pytest.fixture
def posted(qinghe: World) -> World:
    post(qinghe, compute(qinghe))
    return qinghe


def made(world: World, kind: str = "bulletin") -> Paper:
    with inside(world):
        return services.make(by=world.luo, month=OCTOBER, kind=kind, now=NOW)


def again(world: World, paper: Paper) -> Paper:
    with inside(world):
        found: Paper = Paper.objects.named().get(pk=paper.pk)
        return found


def whole(paper: Paper) -> str:
    tables = [cell for part in paper.content() if part.table for row in part.table.rows for cell in row]
    return "\n".join([paper.title, paper.foot, *(part.text for part in paper.content()), *tables])


def test_a_bulletin_is_filled_from_the_month(posted: World) -> None:
    paper = made(posted)
    text = whole(paper)
    assert paper.title == f"{posted.qinghe.name}协同简报" and paper.number == 1
    assert [part.heading for part in paper.content()] == [
        "本月要点",
        "双向转诊",
        "机构得分与分配",
        "迟报",
        "决定",
    ]
    assert "500,000.01" in text and "差 0.00 元" in text
    scores = paper.content()[2].table
    assert scores is not None and {row[0] for row in scores.rows} >= {posted.lead.short_name}
    assert "批准" in paper.content()[4].text


def test_groups_under_ten_are_left_out(posted: World) -> None:
    """Five up-referrals arrived: no number says so, neither in the row nor in the sum."""
    table = made(posted).content()[1].table
    assert table is not None and table.rows
    for row in table.rows:
        assert "5" not in row[1:3] and row[4] == "—"
        assert set(row[1:4]) <= {"*", "0"}


def test_nobody_is_named(posted: World) -> None:
    for kind in Paper.Kind.values:
        text = whole(made(posted, kind))
        with inside(posted):
            for one in Staff.objects.all():
                assert one.name not in text
        assert "病人" not in text


def test_a_notice_names_what_cost_most_and_minutes_need_no_result(posted: World) -> None:
    lost = made(posted, "notice").content()[2].table
    assert lost is not None and lost.rows and lost.heads[0] == "机构"
    with inside(posted):
        september = services.make(by=posted.luo, month=OCTOBER.previous(), kind="minutes", now=NOW)
        with pytest.raises(PaperRefused, match="no approved result"):
            services.make(by=posted.luo, month=OCTOBER.previous(), kind="bulletin", now=NOW)
    assert "参加" in september.content()[0].text


def test_texts_are_edited_and_tables_stay(posted: World) -> None:
    paper = made(posted)
    tables = [part.table for part in paper.content()]
    with inside(posted):
        kept = services.edit(
            by=posted.luo, paper=paper, title="十月简报", line="第 10 期", texts={0: "要点一\n要点二"},
            foot="", now=NOW, version=paper.version,
        )  # fmt: skip
        assert kept.content()[0].text == "要点一\n要点二" and [one.table for one in kept.content()] == tables
        with pytest.raises(Stale):
            services.edit(
                by=posted.meng,
                paper=paper,
                title="x",
                line="",
                texts={},
                foot="",
                now=NOW,
                version=paper.version,
            )
        for text in ("电话 13800138000", "330102199001011234", "6222 0212 3456 7890"):
            with pytest.raises(PaperRefused, match="looks like"):
                services.edit(
                    by=posted.luo, paper=kept, title="x", line="", texts={0: text}, foot="", now=NOW
                )
        with pytest.raises(PaperRefused):
            services.edit(by=posted.luo, paper=kept, title=" ", line="", texts={}, foot="", now=NOW)


def test_another_person_than_the_last_editor_releases(posted: World) -> None:
    paper = again(posted, made(posted))
    with inside(posted), pytest.raises(PermissionDenied):
        services.release(by=posted.luo, paper=paper, now=NOW)
    with inside(posted):
        released = services.release(by=posted.cai, paper=paper, now=NOW, version=paper.version)
        assert released.state == "released" and released.released_by == posted.cai
        assert Journal.objects.filter(verb="paper.released", membership=posted.cai).count() == 1
    with inside(posted), pytest.raises(DatabaseError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(title="anders")
    with inside(posted), pytest.raises(DatabaseError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).delete()
    assert made(posted).number == 2


def test_the_database_refuses_one_person_and_a_jump(posted: World) -> None:
    paper = made(posted)
    with inside(posted), pytest.raises(DatabaseError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(state="released", released_by=posted.luo, released_at=NOW)
    with inside(posted), pytest.raises(DatabaseError), transaction.atomic():
        Paper.objects.create(
            month=OCTOBER.first_day, kind="notice", number=9, title="x", line="x", parts=[], made_at=NOW,
            edited_by=posted.luo, edited_at=NOW, state="released", released_by=posted.cai, released_at=NOW,
        )  # fmt: skip
    with inside(posted), pytest.raises(PaperRefused, match="there already"):
        services.make(by=posted.luo, month=OCTOBER, kind="bulletin", now=NOW)


def test_pages_from_making_to_the_docx(posted: World) -> None:
    office, second, other = posted.client("luo"), posted.client("cai"), posted.client("lin")
    assert office.post(f"{A}make/", {"month": "2026-10", "kind": "bulletin"}).status_code == 302
    with inside(posted):
        paper = Paper.objects.get()
    page = f"{A}{paper.pk}/"
    for address in (A, page, f"{page}print/", f"{page}docx/", f"{page}edit/"):
        assert office.get(address).status_code == 200, address
        assert other.get(address).status_code in ((200,) if address == A else (403, 404)), address
    refused = office.post(
        f"{page}edit/?version=1", {"title": "简报", "line": "x", "text_0": "13800138000", "foot": ""}
    )
    assert refused.status_code == 400 and "13800138000" in refused.content.decode()
    typed = {"title": "简报", "line": "第 10 期", "text_0": "要点", "text_4": "", "foot": "脚注"}
    assert office.post(f"{page}edit/?version=1", typed).status_code == 302
    assert office.post(f"{page}edit/?version=1", typed).status_code == 409
    with inside(posted), override_settings(ROOT_URLCONF="config.alliance_urls"):
        assert [one.count for one in waiting(posted.cai, NOW)] == [1]
        assert waiting(posted.luo, NOW) == [] == waiting(posted.lin, NOW)
    assert office.post(f"{page}act/release/").status_code == 403
    assert second.post(f"{page}act/release/?version=2").status_code == 302
    with inside(posted):
        assert Paper.objects.get().state == "released"
    for address in (page, f"{page}print/", f"{page}docx/"):
        assert other.get(address).status_code == 200, address
    file = docx.Document(io.BytesIO(other.get(f"{page}docx/").content))
    assert file.paragraphs[0].text == "简报" and "要点" in [one.text for one in file.paragraphs]
    assert len(file.tables) >= 1 and "机构" in [cell.text for cell in file.tables[-1].rows[0].cells]
    with inside(posted):
        assert Journal.objects.filter(verb="paper.fetched", membership=posted.lin).count() == 2


def test_a_draft_can_be_thrown_away(posted: World) -> None:
    paper = made(posted)
    assert posted.client("luo").post(f"{A}{paper.pk}/act/discard/").status_code == 302
    with inside(posted):
        assert not Paper.objects.exists()


def test_a_word_that_is_a_name_is_shown_to_the_second_person(posted: World) -> None:
    paper = made(posted)
    with inside(posted):
        named = Staff.objects.create(institution=posted.lead, code="n1", name="欧阳青", kind="doctor")
        services.edit(
            by=posted.luo,
            paper=paper,
            title="x",
            line="x",
            texts={0: f"感谢{named.name}医生"},
            foot="",
            now=NOW,
        )
    assert "欧阳青" in posted.client("cai").get(f"{A}{paper.pk}/").content.decode().split("<article")[0]


def test_a_document_holds_headings_and_tables() -> None:
    table = Table(("a", "b"), (("x", "1"), ("y", "2")), (1,))
    paper = Document("题", "行", (Part("一", "甲\n乙", table), Part("二")), "注", ("制表", "复核"))
    file = docx.Document(io.BytesIO(to_docx(paper)))
    assert [one.text for one in file.paragraphs if one.style.name == "Heading 1"] == ["一", "二"]
    assert [[cell.text for cell in row.cells] for row in file.tables[0].rows] == [
        ["a", "b"],
        ["x", "1"],
        ["y", "2"],
    ]
    assert "复核：" in file.paragraphs[-1].text and file.core_properties.author == ""


def test_the_least_group_is_a_parameter(posted: World) -> None:
    from alliance.models import Parameter

    with inside(posted):
        assert filling.least(OCTOBER) == 10
        Parameter.objects.create(
            key="public.min_group", value=3, from_date=OCTOBER.first_day, decided_by="理事会", level=""
        )
    table: Any = made(posted).content()[1].table
    assert any("5" in row for row in table.rows)


def test_a_step_of_the_calendar_is_ticked_by_its_deed(posted: World) -> None:
    """Proposing ends the check, releasing the minutes and the bulletin ends the meeting and the last step."""

    def of(step: str) -> standing.Standing:
        with inside(posted):
            return next(one for one in standing.standings(OCTOBER, NOW) if one.planned.step == step)

    run = months_run(posted)
    assert run.approval is not None
    assert (of("department_check").state, of("department_check").done_at) == (
        "done",
        run.approval.proposed_at,
    )
    for kind, step, before in (
        ("minutes", "data_check_meeting", "passed"),
        ("bulletin", "bulletin", "open"),
    ):
        paper = made(posted, kind)
        assert of(step).state == before
        with inside(posted):
            services.release(by=posted.cai, paper=Paper.objects.named().get(pk=paper.pk), now=NOW)
        assert (of(step).state, of(step).done_at, of(step).by) == ("done", NOW, None)
    calendar = posted.client("luo").get("/a/qinghe/months/2026-10/calendar/").content.decode()
    assert "/calendar/bulletin/done/" not in calendar


def months_run(world: World) -> MonthRun:
    with inside(world):
        found: MonthRun = MonthRun.objects.select_related("approval").get()
        return found


def test_what_a_difference_would_give_away_is_left_out_too() -> None:
    """71 accepted and 68 in time tell of 3 that were late: the same rule as for a count of 3."""
    counts = {
        filling.RECEIVED: {"a": 200, "b": 150, "": 0}, filling.ACCEPTED: {"a": 71, "b": 60, "": 0},
        filling.IN_TIME: {"a": 68, "b": 45, "": 0}, filling.DOWN: {"a": 40, "b": 30, "": 0},
    }  # fmt: skip
    shown = filling._readable(counts, 10)
    assert shown[filling.IN_TIME].cells == {"a": None, "b": None, "": 0}
    assert shown[filling.ACCEPTED].cells == {"a": 71, "b": 60, "": 0}
    assert shown[filling.IN_TIME].total == 113
    wide = filling._readable({**counts, filling.IN_TIME: {"a": 50, "b": 45, "": 0}}, 10)
    assert wide[filling.IN_TIME].cells == {"a": 50, "b": 45, "": 0}
