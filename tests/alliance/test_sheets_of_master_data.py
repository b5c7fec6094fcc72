"""Master data in and out as sheets: looked at, stored whole, faults named, cells harmless (walls.md 4)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from openpyxl import Workbook

from alliance.lib import sheets
from alliance.models import Attachment, Department, Institution, Journal, RosterRow, Staff, WorkCalendarDay
from alliance.services import imports
from alliance.tenancy.scope import act_in
from tests.world import World

DATA = "/a/qinghe/data/alliance"
STAFF = "机构,工号,姓名,类别,职称,科室\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path):
    with override_settings(MEDIA_ROOT=tmp_path):
        yield tmp_path


def send(client: Client, text: str | bytes, name: str = "名单.csv", model: str = "staff"):
    content = text.encode("utf-8-sig") if isinstance(text, str) else text
    return client.post(f"{DATA}/{model}/import/", {"file": SimpleUploadedFile(name, content)})


def confirm(client: Client, looked, model: str = "staff"):
    return client.post(looked.context["confirm"])


def heading(model: type) -> dict[str, str]:
    return {field.name: str(field.verbose_name) for field in model._meta.fields}


def staff_head() -> str:
    words = heading(Staff)
    return (
        ",".join(words[name] for name in ("institution", "code", "name", "kind", "title", "department"))
        + "\n"
    )


def staff(world: World) -> list[tuple[str, str]]:
    with act_in(world.qinghe):
        return list(Staff.objects.order_by("institution__code", "code").values_list("code", "name"))


def test_a_sheet_is_looked_at_first_and_stored_on_confirmation(world: World) -> None:
    client = world.client("su")
    looked = send(client, staff_head() + "QH01,D1,白露,doctor,主任医师,03\nQH11,D1,秦霜,护士,,\n")
    outcome = looked.context["outcome"]
    assert (outcome.new, outcome.changed, outcome.same, outcome.faults) == (2, 0, 0, ())
    assert staff(world) == []
    assert confirm(client, looked).status_code == 302
    assert staff(world) == [("D1", "白露"), ("D1", "秦霜")]
    again = send(client, staff_head() + "QH01,D1,白露,doctor,主任医师,03\nQH11,D1,秦爽,nurse,,\n").context[
        "outcome"
    ]
    assert (again.new, again.changed, again.same) == (0, 1, 1)
    with act_in(world.qinghe):
        entry = Journal.objects.get(verb="master.imported")
        assert entry.detail["new"] == 2 and entry.detail["kind"] == "alliance.staff"
        assert Attachment.objects.filter(purpose="import", delete_after__isnull=False).count() == 2


def test_a_workbook_is_taken_in_like_a_text_sheet(world: World) -> None:
    client, book = world.client("su"), Workbook()
    book.active.append(staff_head().strip().split(","))
    book.active.append(["QH01", "D1", "白露", "doctor", "主任医师", "03"])
    content = io.BytesIO()
    book.save(content)
    looked = send(client, content.getvalue(), "名单.xlsx")
    assert looked.context["outcome"].new == 1
    assert confirm(client, looked).status_code == 302
    assert staff(world) == [("D1", "白露")]


def test_faults_name_line_column_and_remedy_and_nothing_is_stored(world: World) -> None:
    client = world.client("su")
    rows = [
        "QH01,D1,白露,doctor,,03",
        "QH99,D2,甲,doctor,,",
        "",
        'QH01,D3,"乙\n丙",wizard,,',
        "QH01,,丁,doctor,,",
        "QH01,D5,戊,doctor,,99",
        "JZ01,D6,己,doctor,,",
    ]
    looked = send(client, staff_head() + "\n".join(rows) + "\n")
    words = heading(Staff)
    faults = {(fault.line, fault.column) for fault in looked.context["outcome"].faults}
    assert faults == {
        (3, words["institution"]), (5, words["kind"]), (7, words["code"]), (8, words["department"]),
        (9, words["institution"]),
    }  # fmt: skip
    page = looked.content.decode()
    assert "QH99" in page and "wizard" in page
    with act_in(world.qinghe):
        file = Attachment.objects.get(purpose="import")
    assert client.post(f"{DATA}/staff/import/{file.pk}/").status_code == 409
    assert staff(world) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("名单.exe", b"MZ"),
        ("名单.csv", b"MZ\x90\x00 program"),
        ("名单.xlsm", b"PK\x03\x04"),
        ("名单.csv", b""),
        ("名单.csv", "工号,未知列\nx,y\n".encode()),
        ("名单.csv", "工号,工号\nx,y\n".encode()),
        ("名单.csv", b"code,name\n"),
        ("名单.csv", b"name,kind\nx,doctor\n"),
        ("名单.csv", b"a,b\n\xff\xfe\x00broken"),
    ],
)
def test_files_that_are_no_such_sheet_are_refused_with_a_sentence(
    world: World, name: str, content: bytes
) -> None:
    answer = send(world.client("su"), content, name)
    assert answer.status_code == 400 and answer.context["form"].errors
    assert staff(world) == []


def test_only_who_uploaded_a_sheet_may_store_it_and_only_into_its_model(world: World) -> None:
    looked = send(world.client("su"), staff_head() + "QH01,D1,白露,doctor,,\n")
    address = looked.context["confirm"]
    assert world.client("lin").post(address).status_code == 404
    assert world.client("kong").post(address).status_code == 403
    assert world.client("su").get(address).status_code == 405
    assert staff(world) == []


def test_an_institutions_member_takes_in_its_own_rows_only(world: World) -> None:
    client = world.client("lin")
    mixed = send(client, staff_head() + "QH01,D1,白露,doctor,,\nQH02,D1,甲,doctor,,\n").context["outcome"]
    assert [fault.line for fault in mixed.faults] == [3]
    assert confirm(client, send(client, staff_head() + "QH01,D1,白露,doctor,,\n")).status_code == 302
    with act_in(world.qinghe):
        assert Staff.objects.get().institution == world.lead
    assert send(client, "代码\nQH01\n", model="institution").status_code == 403


def test_rosters_come_monthly_and_shares_above_the_whole_are_named(world: World) -> None:
    client = world.client("su")
    confirm(client, send(client, staff_head() + "QH01,D1,白露,doctor,,\n"))
    words = heading(RosterRow)
    names = ("month", "institution", "staff", "department", "post_coefficient", "share", "days", "employment")
    head = ",".join(words[name] for name in names) + "\n"
    looked = send(
        client,
        head + "2026-10,QH01,D1,,1.2,0.8,20,contract\n2026-10,QH01,D1,03,1.2,0.3,5,contract\n",
        model="rosterrow",
    )
    assert [(fault.line, fault.column) for fault in looked.context["outcome"].faults] == [(3, "")]
    good = send(
        client,
        head + "2026-10,QH01,D1,,1.2,0.7,20,contract\n2026-10,QH01,D1,03,1.2,0.3,5,contract\n",
        model="rosterrow",
    )
    assert confirm(client, good).status_code == 302
    wrong = send(
        client, head + "2026-13,QH01,D1,,1.2,0.7,20,contract\n2026-10,QH01,D1,,x,0.7,20,\n", model="rosterrow"
    )
    found = {(fault.line, fault.column) for fault in wrong.context["outcome"].faults}
    assert found == {(2, words["month"]), (3, words["post_coefficient"]), (3, words["employment"])}


def test_institutions_departments_and_days_come_in_too(world: World) -> None:
    client = world.client("su")
    places = "code,organisation,name,short_name,level,kind,role,parent,beds,served_population,is_active\n"
    row = "QH12,12330000QH12,白塔镇卫生院,白塔,primary,township,member,,30,9000,yes\n"
    assert confirm(client, send(client, places + row, model="institution")).status_code == 302
    deps = "institution,code,name,kind,is_active\nQH12,01,全科,clinical,是\n"
    assert confirm(client, send(client, deps, model="department")).status_code == 302
    days = "date,is_workday,note,source,official\n2027-10-01,no,国庆,国办发,yes\n2027-02-30,no,x,y,yes\n"
    looked = send(client, days, model="workcalendarday")
    assert [fault.line for fault in looked.context["outcome"].faults] == [3]
    assert (
        confirm(
            client, send(client, days.replace("2027-02-30", "2027-10-02"), model="workcalendarday")
        ).status_code
        == 302
    )
    with act_in(world.qinghe):
        made = Institution.objects.get(code="QH12")
        assert (made.beds, made.level, Department.objects.get(institution=made).name) == (
            30,
            "primary",
            "全科",
        )
        assert WorkCalendarDay.objects.get(date="2027-10-01").is_workday is False


def test_no_sheet_is_endless(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_ROWS", 2)
    answer = send(world.client("su"), staff_head() + "".join(f"QH01,D{n},甲,doctor,,\n" for n in range(3)))
    assert answer.status_code == 400 and "2" in str(answer.context["form"].errors)


# Out -------------------------------------------------------------------------------
def export(client: Client, query: str = "", model: str = "staff") -> bytes:
    answer = client.get(f"{DATA}/{model}/export/?{query}")
    assert answer.status_code == 200, answer.status_code
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_n21_what_is_exported_comes_back_the_same_and_runs_nowhere(world: World) -> None:
    with act_in(world.qinghe):
        for code, name in (("D1", "=cmd|' /C calc'!A0"), ("D2", "＝1+1"), ("D3", "-白露")):
            Staff.objects.create(institution=world.lead, code=code, name=name, kind="doctor", title="@x")
    client = world.client("luo")
    rows = list(csv.reader(io.StringIO(export(client).decode("utf-8-sig"))))
    assert [row[3] for row in rows[1:]] == ["'=cmd|' /C calc'!A0", "'＝1+1", "'-白露"] and rows[1][5] == "'@x"
    book = [row.cells for row in sheets.read("x.xlsx", io.BytesIO(export(client, "as=xlsx")))]
    assert book[1][3] == "'=cmd|' /C calc'!A0" and book[0] == tuple(rows[0])
    text = staff_head() + "QH01,D9,=1+1,doctor,,\n"
    confirm(world.client("su"), send(world.client("su"), text))
    assert staff(world)[-1] == ("D9", "=1+1")


def test_an_export_follows_the_conditions_is_journaled_and_is_a_right_of_its_own(world: World) -> None:
    with act_in(world.qinghe):
        Staff.objects.create(institution=world.lead, code="D1", name="白露", kind="doctor")
        Staff.objects.create(institution=world.tcm, code="D1", name="秦霜", kind="nurse")
    text = export(world.client("luo"), "kind__exact=nurse").decode()
    assert "秦霜" in text and "白露" not in text
    for name in ("su", "lin", "kong", "ding"):
        assert world.client(name).get(f"{DATA}/staff/export/").status_code == 403
    with act_in(world.qinghe):
        entry = Journal.objects.get(verb="master.exported")
        assert entry.detail == {
            "kind": "alliance.staff",
            "rows": 1,
            "conditions": "kind__exact=nurse",
            "form": "csv",
        }


def test_an_export_is_limited_in_rows(world: World) -> None:
    with override_settings(EXPORT_MOST_ROWS=3):
        answer = world.client("luo").get(f"{DATA}/department/export/")
        assert answer.status_code == 409 and "3" in answer.content.decode()
        assert world.client("luo").get(f"{DATA}/department/export/?q=nothing").status_code == 200


def test_an_export_is_a_pattern_for_the_import(world: World) -> None:
    client = world.client("su")
    confirm(client, send(client, staff_head() + "QH01,D1,白露,doctor,主任医师,03\nQH11,D1,秦霜,nurse,,\n"))
    for model in ("staff", "institution", "department", "workcalendarday"):
        outcome = send(client, export(world.client("luo"), model=model), model=model).context["outcome"]
        assert outcome.faults == () and outcome.new == outcome.changed == 0 and outcome.same > 1, model
