"""Bad inputs on every reader and every kind of file: N14 to N21, N45, N46 (N22: test_killed_worker)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction

from alliance.lib.period import Month
from alliance.models import Attachment, Membership
from alliance.services import jobs
from grouping.models import (
    BadRow,
    Case,
    CaseFile,
    CaseRevision,
    GroupedCase,
    MissingCase,
    Source,
    StagedCase,
    WorkItem,
)
from grouping.readers.mapping import Column, TableMap
from grouping.readmission import facts
from grouping.services import intake, publishing, sources
from tests.engines.lib.workbooks import MAIN
from tests.engines.lib.workbooks import workbook as broken
from tests.engines.readers.sources import SOURCES, list_of, workbook
from tests.grouping.scene import HOME, TODAY, browser, inside, text
from tests.grouping.test_deliveries import upload
from tests.grouping.test_sources import FIRST, OWN, standard
from tests.world import World

OCTOBER = Month(2026, 10)
NOW = datetime(2026, 11, 4, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
RECEIVER = "接收机构"
Rows = Iterable[Mapping[str, str]]


@dataclass(frozen=True)
class Reader:
    """A format and how its file comes: csv, xlsx or json."""

    name: str
    kind: str

    @property
    def file(self) -> str:
        """A file name of the kind."""
        return f"202610.{self.kind}"

    def written(self, rows: Rows) -> bytes:
        """The rows as such a file."""
        found = [dict(row) for row in rows]
        body = SOURCES[self.name].write(found)
        if self.name == "mapped":
            body = _with_receiver(body, found)
        if self.kind == "json":
            body = _of_institutions(self.name, found)
        return workbook(body) if self.kind == "xlsx" else body.encode()

    def source(self, world: World) -> Source:
        """A source of the office that reads such files."""
        how: dict[str, Any] = {"mapping": MAPPING} if self.name == "mapped" else {}
        with inside(world):
            made = sources.create(
                by=world.luo, institution=None, name=f"{self.name} {self.kind}",
                format=SOURCES[self.name].spec.format,
            )  # fmt: skip
            sources.settle(
                by=world.luo, source=made, edition="insurance", from_date=FIRST,
                organisations={"H32059900001": world.lead.organisation}, **how,
            )  # fmt: skip
        return made


MAPPING = TableMap((*OWN.columns, Column(RECEIVER, "B35")))


def _with_receiver(body: str, rows: Rows) -> str:
    """The hospital's own table with a column for the receiving institution."""
    lines = list(csv.reader(io.StringIO(body)))
    more = [RECEIVER, *(row.get("B35", "") for row in rows)]
    out = io.StringIO()
    csv.writer(out).writerows([*line, extra] for line, extra in zip(lines, more, strict=True))
    return out.getvalue()


def _of_institutions(name: str, rows: Rows) -> str:
    """Settlement lists, each of the institution its row names."""
    made = []
    for row in rows:
        body = list_of(dict(row), name)
        body["setlinfo"] |= {"fixmedins_code": row["A01"], "acp_medins_name": row.get("B35", "")}
        body["icuinfo"] = []
        made.append(body)
    return json.dumps(made, ensure_ascii=False)


TABLES = [Reader(name, kind) for name in ("hqms", "n041", "mapped") for kind in ("csv", "xlsx")]
LISTS = [Reader("4101", "json"), Reader("4101A", "json")]


def named(reader: Reader) -> str:
    return f"{reader.name}-{reader.kind}"


every = pytest.mark.parametrize("reader", [*TABLES, *LISTS], ids=named)
workbooks = pytest.mark.parametrize("reader", [one for one in TABLES if one.kind == "xlsx"], ids=named)


def deliver(world: World, made: Source, reader: Reader, content: bytes, by: Membership) -> CaseFile:
    """Receive a file and run its check."""
    with inside(world):
        file, _made = intake.receive_file(
            by=by, name=reader.file, content=[content], source=made, today=TODAY
        )
    assert {job.state for job in jobs.drain(world.qinghe)} <= {"done"}
    with inside(world):
        return CaseFile.objects.get(pk=file.pk)


def publish(world: World, file: CaseFile, *, take_good: bool = False) -> None:
    with inside(world):
        publishing.publish(by=world.luo, file=file, take_good=take_good)
    assert {job.state for job in jobs.drain(world.qinghe)} <= {"done"}


@workbooks
def test_n14_n15_a_hostile_workbook_is_refused_whatever_it_is_read_as(scene: World, reader: Reader) -> None:
    made = reader.source(scene)
    bomb = broken(**{"xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">' + "x" * 60_000_000})
    entity = broken(**{"xl/worksheets/sheet1.xml": '<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'})
    for content, reason in ((bomb, "workbook_ratio"), (entity, "workbook_dtd")):
        file = deliver(scene, made, reader, content.getvalue(), scene.luo)
        assert (file.state, file.refusal["reason"]) == ("refused", reason)
    with inside(scene):
        assert StagedCase.objects.count() == BadRow.objects.count() == 0


@every
def test_n16_a_disguised_file_is_refused_at_the_door_of_every_source(
    scene: World, tmp_path: Path, reader: Reader
) -> None:
    made = reader.source(scene)
    client = browser(scene, "luo")
    for name, content in (
        ("pages.exe", b"MZ\x90\x00"), ("pages.xlsm", b"PK\x03\x04"), (reader.file, b"MZ\x90\x00 a program"),
    ):  # fmt: skip
        answer = upload(client, content, name, source=str(made.pk))
        assert answer.status_code == 400, (name, text(answer)[:500])
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    content = reader.written(standard(scene, 1))
    assert upload(client, content, f"../../{reader.file}", source=str(made.pk)).status_code == 302
    with inside(scene):
        row = Attachment.objects.get()
        assert row.shown_name == reader.file and len(row.stored_name) == 32
        assert CaseFile.objects.get().source.source_id == made.pk
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [row.stored_name]


@every
def test_n18_n20_one_bad_row_stores_nothing_and_the_good_ones_are_one_choice_away(
    scene: World, reader: Reader
) -> None:
    rows = standard(scene, 6)
    rows[4]["B15"] = "2026-02-30 10:00:00"
    file = deliver(scene, reader.source(scene), reader, reader.written(rows), scene.luo)
    assert (file.state, file.rows_read, file.rows_bad) == ("checked", 6, 1)
    with inside(scene):
        assert Case.objects.count() == 0
        bad = BadRow.objects.first()
        assert (bad.column, bad.code) == ("B15", "bad_datetime")
        assert bad.line == (5 if reader.kind == "json" else 6)
        with pytest.raises(publishing.PublishRefused):
            publishing.publish(by=scene.luo, file=file)
    publish(scene, file, take_good=True)
    with inside(scene):
        assert sorted(Case.objects.values_list("record_no", flat=True)) == ["S0", "S1", "S2", "S3", "S5"]


@every
def test_n18_a_discharge_after_the_day_of_delivery_waits_and_moves_no_month(
    scene: World, reader: Reader
) -> None:
    """One mistyped month brought a whole month of data that nobody had delivered."""
    rows = standard(scene, 4)
    rows[1] |= {"B12": "2026-11-08 09:00:00", "B15": "2026-11-12 10:00:00"}
    rows[2] |= {"B15": "2026-11-03 10:00:00", "B20": "26"}
    file = deliver(scene, reader.source(scene), reader, reader.written(rows), scene.luo)
    assert (file.state, file.rows_read, file.rows_bad) == ("checked", 4, 1)
    assert {one["month"] for one in file.months} == {"2026-10", "2026-11"}
    with inside(scene):
        bad = BadRow.objects.get()
        assert (bad.column, bad.code, bad.params) == ("B15", "after_delivery", {"delivered": "2026-11-03"})
    publish(scene, file, take_good=True)
    sheet = browser(scene, "luo").get(f"{HOME}/case-files/{file.pk}/bad-rows/").getvalue().decode()
    assert "2026-11-12 10:00:00 lies after the day of delivery (2026-11-03)" in sheet
    with inside(scene):
        assert sorted(Case.objects.values_list("record_no", flat=True)) == ["S0", "S2", "S3"]


@every
def test_n18_the_day_of_delivery_is_the_files_own_and_not_the_workers_clock(
    scene: World, reader: Reader
) -> None:
    rows = standard(scene, 2)
    made = reader.source(scene)
    content = reader.written(rows)
    with inside(scene):
        file, _made = intake.receive_file(
            by=scene.luo, name=reader.file, content=[content], source=made, today=date(2026, 10, 12)
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseFile.objects.filter(pk=file.pk).update(delivered_on=None)
    with time_machine.travel(datetime(2031, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))):
        jobs.drain(scene.qinghe)
    with inside(scene):
        file.refresh_from_db()
        assert (file.state, file.rows_bad) == ("checked", 0)
    rows[0]["B15"] = "2026-10-13 00:00:00"
    with inside(scene):
        file, _made = intake.receive_file(
            by=scene.luo, name=reader.file, content=[reader.written(rows)], source=made,
            today=date(2026, 10, 12),
        )  # fmt: skip
    with time_machine.travel(datetime(2031, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))):
        jobs.drain(scene.qinghe)
    with inside(scene):
        assert [bad.code for bad in BadRow.objects.filter(file=file)] == ["after_delivery"]


@every
def test_n19_n21_a_row_twice_is_reported_the_same_file_is_the_same_batch_and_a_formula_is_text(
    scene: World, reader: Reader
) -> None:
    rows = standard(scene, 3, C04N="=cmd|'/c calc'!A1")
    content = reader.written([*rows, rows[0]])
    made = reader.source(scene)
    file = deliver(scene, made, reader, content, scene.luo)
    with inside(scene):
        assert [bad.code for bad in BadRow.objects.all()] == ["duplicate_record"]
    assert deliver(scene, made, reader, content, scene.luo).pk == file.pk
    publish(scene, file, take_good=True)
    with inside(scene):
        said = {case.recorded["diagnoses"][0][1] for case in Case.objects.all()}
        # The writer of workbooks puts an apostrophe before a formula; it is the text either way.
        assert len(said) == 1 and said.pop().lstrip("'").startswith("=cmd")


@every
def test_n45_a_corrected_month_twice_has_one_current_revision_and_asks_about_what_is_missing(
    scene: World, reader: Reader
) -> None:
    made = reader.source(scene)
    publish(scene, deliver(scene, made, reader, reader.written(standard(scene, 4)), scene.luo))
    rows = standard(scene, 3)
    rows[1] |= {"D01": "2234.56", "D11": "1034.56"}
    file = deliver(scene, made, reader, reader.written(rows), scene.luo)
    assert file.preview == {"new": 0, "changed": 1, "unchanged": 2, "missing": 1}
    publish(scene, file)
    again = deliver(scene, made, reader, reader.written(rows[::-1]), scene.luo)
    assert again.preview == {"new": 0, "changed": 0, "unchanged": 3, "missing": 1}
    publish(scene, again)
    with inside(scene):
        case = Case.objects.get(record_no="S1")
        assert (case.revision, case.total_fen) == (2, 223_456)
        assert CaseRevision.objects.get().content["total_fen"] == 123_456
        assert Case.objects.count() == 4 and GroupedCase.objects.filter(case=case).count() == 2
        asked = MissingCase.objects.filter(file=file).get()
        assert (asked.case.record_no, asked.answer) == ("S3", "open")


def stroke(world: World) -> list[dict[str, str]]:
    """N46: a stroke sent to township rehabilitation, admitted there in the next hour."""
    who = {"A11": "龚建良", "C03C": "I63.900", "C04N": "脑梗死"}
    first, second = standard(world, 2, **who)
    first |= {"B34C": "3", "B35": world.shiqiao.name}
    second |= {
        "A01": world.shiqiao.organisation, "B35": "", "B12": "2026-10-12 10:40:00",
        "B15": "2026-10-20 09:00:00", "B20": "8",
    }  # fmt: skip
    return [first, second]


def nothing_but_a_down_referral(world: World) -> None:
    with inside(world):
        used = replace(facts.windows(OCTOBER), data_end=date(2027, 1, 31))
        first, second = sorted(facts.judge([OCTOBER], used), key=lambda one: one.institution_id)
        assert (first.institution_id, second.institution_id) == (world.lead.pk, world.shiqiao.pk)
        assert second.reason == "transfer_within_24h" and not first.again["all"]
        assert "flag" not in (first.split_reason, second.split_reason, first.overlap, second.overlap)
        assert (first.down_referral, second.down_referral) == (True, False)
        rate = facts.rates([OCTOBER], used, "alliance")[0, ""]["all"]
        assert rate.readmitted == 0


@pytest.mark.parametrize("reader", TABLES, ids=named)
def test_n46_a_stroke_moved_to_the_township_is_one_down_referral(scene: World, reader: Reader) -> None:
    file = deliver(scene, reader.source(scene), reader, reader.written(stroke(scene)), scene.luo)
    with inside(scene):
        assert not BadRow.objects.exists(), [row.message for row in BadRow.objects.all()]
    publish(scene, file)
    nothing_but_a_down_referral(scene)


@pytest.mark.parametrize("reader", LISTS, ids=named)
def test_n46_the_lists_of_both_stays_add_no_stay(scene: World, reader: Reader) -> None:
    pages = Reader("hqms", "csv")
    publish(scene, deliver(scene, pages.source(scene), pages, pages.written(stroke(scene)), scene.luo))
    file = deliver(scene, reader.source(scene), reader, reader.written(stroke(scene)), scene.luo)
    publish(scene, file)
    with inside(scene):
        assert Case.objects.settlement_lists().count() == 2
    nothing_but_a_down_referral(scene)


def test_a_4101a_alone_waits_for_its_4101_and_closes_by_itself(scene: World) -> None:
    """One finding with its remedy, not one a field; what it asks for closes it (practice.md 2)."""
    reader = Reader("4101A", "json")
    made = reader.source(scene)
    lists = json.loads(reader.written(standard(scene, 2)))
    whole = json.dumps(lists, ensure_ascii=False).encode()
    for name in ("psn_name", "certno", "psn_selfpay"):
        lists[0]["setlinfo"].pop(name)
    lists[0]["setlinfo"] |= {"setl_id": "SE20261012"}
    del lists[0]["iteminfo"], lists[0]["payinfo"]
    file = deliver(scene, made, reader, json.dumps(lists, ensure_ascii=False).encode(), scene.luo)
    with inside(scene):
        (bad,) = BadRow.objects.all()
        assert (bad.line, bad.code, bad.message) == (1, "list_incomplete", "list_alone")
    publish(scene, file, take_good=True)
    with inside(scene):
        item = WorkItem.objects.get()
        assert (item.subject, item.state, item.document) == ("S0/1", "open", "settlement_list")
    page = text(browser(scene, "luo").get(f"{HOME}/work-queue/{item.pk}/"))
    assert "Deliver the 4101 of the same settlement" in page and "SE20261012" in page
    publish(scene, deliver(scene, made, reader, whole, scene.luo))
    with inside(scene):
        item.refresh_from_db()
        assert item.state == "closed"
        assert Case.objects.settlement_lists().count() == 2
