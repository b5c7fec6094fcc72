"""Data sources: format, edition and mapping as settings in versions; deliveries are read by them."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from alliance.services import jobs
from grouping.models import BadRow, Case, CaseFile, GroupedCase, MissingCase, Source, SourceVersion
from grouping.readers.mapping import Column, TableMap
from grouping.services import intake, publishing, schemes, sources
from tests.engines.readers.sources import SOURCES, list_of, lists_text, workbook
from tests.grouping.files import as_csv, front_page
from tests.grouping.scene import HOME, TODAY, browser, inside, pages, store, text
from tests.shared import shared
from tests.world import World

FIRST = date(2026, 1, 1)


def source(world: World, format: str, edition: str = "insurance", **how: Any) -> Source:
    """A source of the lead hospital with settings in force."""
    with inside(world):
        made = sources.create(by=world.lin, institution=None, name=f"{format} {edition}", format=format)
        sources.settle(by=world.lin, source=made, edition=edition, from_date=FIRST, **how)
    return made


def deliver(world: World, made: Source | None, content: bytes, name: str = "x.csv", **how: Any) -> CaseFile:
    """Receive a file by a source and run its check."""
    with inside(world):
        file, _made = intake.receive_file(
            by=world.lin, name=name, content=[content], source=made, today=TODAY, **how
        )
    assert all(job.state == "done" for job in jobs.drain(world.qinghe))
    with inside(world):
        return CaseFile.objects.get(pk=file.pk)


def publish(world: World, file: CaseFile, take_good: bool = False) -> None:
    with inside(world):
        publishing.publish_by_id(by=world.lin, file_id=file.pk, take_good=take_good)
    assert all(job.state == "done" for job in jobs.drain(world.qinghe))


def standard(world: World, count: int, **changes: str) -> list[dict[str, str]]:
    """Good discharges of the shipped scheme with every column the writers of formats ask for."""
    empty = (
        "A20",
        "A16",
        "C06x01C",
        "C07x01N",
        "C14x01C",
        "C15x01N",
        "C16x01",
        "C17x01",
        "C35x01C",
        "C37x01",
    )
    blank = {**dict.fromkeys(empty, ""), "B13C": "03", "D11": "34.56", "D20": ""}
    return [
        {**blank, **front_page(world.lead.organisation, f"S{number}", A11=f"人{number}"), **changes}
        for number in range(count)
    ]


ORGANISATIONS = {"H32059900001": "99990000000000000000QH01"}


@pytest.fixture
def lead(scene: World) -> dict[str, str]:
    return {"H32059900001": scene.lead.organisation}


OWN = TableMap(
    tuple(
        Column(column.heading, column.target, column.values, column.unit, column.form, column.split)
        for column in SOURCES["mapped"].spec.mapping.columns  # type: ignore[union-attr]
    )
)


@pytest.mark.parametrize("name", ["hqms", "n041", "mapped", "4101", "4101A"])
def test_each_format_becomes_stored_and_grouped_cases(scene: World, lead: dict[str, str], name: str) -> None:
    how: dict[str, Any] = {"organisations": lead}
    if name == "mapped":
        how["mapping"] = OWN
    made = source(scene, SOURCES[name].spec.format, **how)
    file = deliver(scene, made, SOURCES[name].write(standard(scene, 3)).encode("gb18030"), "x.json")
    with inside(scene):
        assert not BadRow.objects.exists(), [row.message for row in BadRow.objects.all()]
    assert (file.state, file.rows_read, file.rows_bad) == ("checked", 3, 0)
    publish(scene, file)
    with inside(scene):
        cases = list(Case.objects.order_by("record_no"))
        assert [case.record_no for case in cases] == ["S0", "S1", "S2"]
        assert {case.document for case in cases} == {SOURCES[name].spec.document}
        assert all(case.total_fen == 123_456 for case in cases)
        assert all(GroupedCase.objects.filter(case=case).count() == 1 for case in cases)
        hours = {case.icu_hours for case in cases}
        assert hours == ({None} if not SOURCES[name].jsons else {cases[0].icu_hours}) and len(hours) == 1


@pytest.mark.parametrize("name", ["hqms", "n041", "mapped"])
def test_a_workbook_is_read_like_its_csv_and_lines_are_its_rows(
    scene: World, lead: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "CHUNK", 2)
    how: dict[str, Any] = {"organisations": lead, **({"mapping": OWN} if name == "mapped" else {})}
    made = source(scene, SOURCES[name].spec.format, **how)
    rows = standard(scene, 5)
    rows[3]["C03C"] = "J18.9"
    file = deliver(scene, made, workbook(SOURCES[name].write(rows)), "x.xlsx")
    assert (file.rows_read, file.rows_bad) == (5, 1) and file.table_id is not None
    with inside(scene):
        bad = BadRow.objects.get()
        assert (bad.line, bad.column, bad.code) == (5, "C03C", "unknown_diagnosis")


def test_n14_n15_a_hostile_workbook_is_refused_and_nothing_is_stored(scene: World) -> None:
    from tests.engines.lib.workbooks import MAIN
    from tests.engines.lib.workbooks import workbook as broken

    bomb = broken(**{"xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">' + "x" * 60_000_000})
    entity = broken(**{"xl/worksheets/sheet1.xml": '<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'})
    made = source(scene, "hqms")
    for content, reason in ((bomb, "workbook_ratio"), (entity, "workbook_dtd")):
        file = deliver(scene, made, content.getvalue(), "x.xlsx")
        assert file.state == "refused" and file.refusal["reason"] == reason
    page = text(browser(scene, "lin").get(f"{HOME}/case-files/{file.pk}/"))
    assert "document type definition" in page


def test_the_edition_is_a_setting_and_changes_what_a_code_means(scene: World) -> None:
    clinical = source(scene, "hqms", "clinical")
    with inside(scene):
        maps = schemes.package(schemes.in_force(TODAY)).maps.diagnoses
        known = schemes.dictionary(schemes.in_force(TODAY)).diagnoses.names
    written, meant = next((c, i) for c, i in maps.items() if c != i and i in known and i[0] not in "CDST")
    rows = [front_page(scene.lead.organisation, "E1", C03C=written)]
    publish(scene, deliver(scene, clinical, as_csv(rows)))
    with inside(scene):
        assert Case.objects.get().diagnoses == [meant]
        assert Case.objects.get().recorded["diagnoses"][0][0] == written


def test_the_clinical_export_is_good_by_its_source_and_not_without(scene: World) -> None:
    from alliance.models import Institution
    from grouping.services import versions

    path = shared("grouping/hqms/clinical_chs_drg_11_202609.csv")
    shared("grouping/schemes/chs_drg_11")
    head, *lines = path.read_bytes().split(b"\n")[:200]
    content = b"\n".join([head, *lines]) + b"\n"
    with inside(scene):
        Institution.objects.filter(pk=scene.lead.pk).update(organisation="46695002832059911A1002")
    dictionary = _dictionary(shared("grouping/schemes/chs_drg_11"))
    assert versions
    by_source = _bad(content, dictionary, "clinical")
    otherwise = _bad(content, dictionary, "insurance")
    assert by_source < otherwise / 10 and otherwise > 50


def _dictionary(path: Any) -> Any:
    from grouping.engine.scheme import read_scheme
    from grouping.readers.dictionary import dictionary_of

    return dictionary_of(read_scheme(path))


def _bad(content: bytes, dictionary: Any, edition: Any) -> int:
    from grouping.readers.formats import Spec, open_file, read_on
    from grouping.readers.rows import BadRow as Bad

    file, spec = io.BytesIO(content), Spec("hqms", edition)
    return sum(
        isinstance(row, Bad) for row in read_on(file, open_file(file, spec), spec, dictionary=dictionary)
    )


def test_settings_are_versions_and_a_file_keeps_the_one_it_was_read_by(scene: World) -> None:
    made = source(scene, "hqms", "insurance")
    first = deliver(scene, made, as_csv(pages(scene, 1)))
    with inside(scene):
        sources.settle(
            by=scene.lin, source=made, edition="clinical", from_date=date(2026, 11, 1), note="换版"
        )
        sources.settle(by=scene.lin, source=made, edition="insurance", from_date=date(2030, 1, 1))
        assert sources.in_force(made, date(2026, 10, 31)).edition == "insurance"
        assert sources.in_force(made, TODAY).number == 2
    second = deliver(scene, made, as_csv(pages(scene, 2)))
    assert (first.edition, second.edition) == ("insurance", "clinical")
    with inside(scene), pytest.raises(Exception, match="permission denied"):
        SourceVersion.objects.filter(source=made).update(edition="clinical")


def test_a_header_that_lost_a_column_is_refused_by_name(scene: World, lead: dict[str, str]) -> None:
    made = source(scene, "mapped", organisations=lead, mapping=OWN)
    content = SOURCES["mapped"].write(standard(scene, 2)).replace("离院方式", "出院去向")
    file = deliver(scene, made, content.encode())
    assert file.state == "refused" and file.refusal["reason"] == "header_changed"
    page = text(browser(scene, "lin").get(f"{HOME}/case-files/{file.pk}/"))
    assert "离院方式" in page and f"/sources/{made.pk}/" in page


def test_n45_a_list_delivered_again_is_one_case_with_revisions_and_asks_about_missing(
    scene: World, lead: dict[str, str]
) -> None:
    made = source(scene, "settlement", organisations=lead)
    rows = [{k: v for k, v in row.items() if k != "A49"} for row in standard(scene, 3)]
    publish(scene, deliver(scene, made, lists_text(rows).encode(), "1.json"))
    rows[1]["D01"] = "999.00"
    publish(scene, deliver(scene, made, lists_text(rows[:2]).encode(), "2.json"))
    with inside(scene):
        assert Case.objects.settlement_lists().count() == 3
        changed = Case.objects.get(record_no="S1")
        assert (changed.revision, changed.total_fen, changed.visit_no) == (2, 99_900, 20261012)
        assert MissingCase.objects.get().case.record_no == "S2"


def test_errors_speak_in_the_source_s_own_words(scene: World, lead: dict[str, str]) -> None:
    made = source(scene, "settlement", organisations=lead)
    body = list_of(standard(scene, 1)[0])
    body["setlinfo"]["dscg_way"] = "8"
    body["setlinfo"]["fixmedins_code"] = "H99"
    file = deliver(scene, made, json.dumps(body).encode(), "1.json")
    page = text(browser(scene, "lin").get(f"{HOME}/case-files/{file.pk}/"))
    assert "dscg_way" in page and "List 1" in page
    sheet = b"".join(browser(scene, "lin").get(f"{HOME}/case-files/{file.pk}/bad-rows/")).decode()
    head = next(csv.reader(io.StringIO(sheet.lstrip("\ufeff"))))
    assert "medcasno" in head and "A48" not in head


def test_the_upload_offers_the_sources_of_the_member_only(scene: World) -> None:
    made = source(scene, "n041")
    with inside(scene):
        other = sources.create(by=scene.tan, institution=None, name="邻院导出", format="n041")
        sources.settle(by=scene.tan, source=other, edition="insurance", from_date=FIRST)
    page = text(browser(scene, "lin").get(f"{HOME}/case-files/deliver/"))
    assert "n041 insurance" in page and "邻院导出" not in page
    content = SimpleUploadedFile("a.csv", SOURCES["n041"].write(standard(scene, 1)).encode())
    answer = browser(scene, "lin").post(
        f"{HOME}/case-files/deliver/", {"file": content, "source": other.pk, "edition": "insurance"}
    )
    assert answer.status_code == 400
    content.seek(0)
    answer = browser(scene, "lin").post(f"{HOME}/case-files/deliver/", {"file": content, "source": made.pk})
    assert answer.status_code == 302
    with inside(scene):
        assert CaseFile.objects.get().source.source_id == made.pk


def test_a_list_must_be_json_by_name_and_content(scene: World) -> None:
    made = source(scene, "settlement")
    for name, content in (("a.csv", b"{}"), ("a.json", b"A48,A49"), ("a.exe", b"{}")):
        body = {"file": SimpleUploadedFile(name, content), "source": made.pk}
        assert browser(scene, "lin").post(f"{HOME}/case-files/deliver/", body).status_code == 400


def test_a_source_is_added_settled_and_retired_in_the_browser(scene: World) -> None:
    client = browser(scene, "lin")
    answer = client.post(f"{HOME}/sources/new/", {"name": "病案室导出", "format": "n041"})
    assert answer.status_code == 302
    body = {
        "edition": "clinical",
        "from_date": "2026-10-01",
        "organisations": "第一医院 = QH01",
        "note": "首版",
    }
    assert client.post(answer["Location"], body).status_code == 302
    with inside(scene):
        made = Source.objects.get()
        assert made.institution == scene.lead
        version = made.versions.get()
        assert version.organisations == {"第一医院": scene.lead.organisation} and version.number == 1
    page = text(client.get(f"{HOME}/sources/{made.pk}/"))
    assert "首版" in page and "clinical edition" in page
    body["organisations"] = "别家 = QH02"
    assert client.post(f"{HOME}/sources/{made.pk}/settings/", body).status_code == 400
    assert client.post(f"{HOME}/sources/new/", {"name": "病案室导出", "format": "hqms"}).status_code == 400
    client.post(f"{HOME}/sources/{made.pk}/retire/")
    assert "n041" not in text(client.get(f"{HOME}/case-files/deliver/"))
    assert text(client.get(f"{HOME}/sources/")).count("retired") == 1


def own_table(world: World, count: int = 30) -> bytes:
    return (
        SOURCES["mapped"]
        .write(standard(world, count))
        .replace(world.lead.organisation, "本院")
        .encode("gb18030")
    )


def test_the_assistant_from_an_unknown_file_to_stored_cases(scene: World) -> None:
    client = browser(scene, "lin")
    made = client.post(f"{HOME}/sources/new/", {"name": "自编表", "format": "mapped"})["Location"]
    asked = client.get(made)
    upload = SimpleUploadedFile("own.csv", own_table(scene))
    mapping = client.post(asked["Location"], {"file": upload})["Location"]
    page = text(client.get(mapping))
    assert "A48 record number" in page and "人*" in page and "人1" not in page
    inputs = _inputs(page)
    heading = next(
        name for name, value in inputs.items() if name.endswith("_target") and value.startswith("D01")
    )
    money = {name.replace("_target", "_unit"): "fen" for name, value in inputs.items()
             if name.endswith("_target") and value[:1] == "D"}  # fmt: skip
    settings = {"edition": "insurance", "from_date": "2026-01-01", "organisations": "本院 = QH01"}
    wrong = client.post(mapping, {**inputs, heading: "不存在的列", **settings, "do": "keep"})
    assert wrong.status_code == 400 and "is no column of the standard" in text(wrong)
    tried = text(client.post(mapping, {**inputs, **money, **settings, "do": "preview"}))
    assert "30 rows tried" in tried and "1,234.56" in tried
    answer = client.post(mapping, {**inputs, **money, **settings, "do": "deliver"})
    assert answer.status_code == 302 and "/case-files/" in answer["Location"]
    jobs.drain(scene.qinghe)
    with inside(scene):
        file = CaseFile.objects.get()
        assert (file.state, file.rows_read, file.rows_bad) == ("checked", 30, 0)
    publish(scene, file)
    with inside(scene):
        assert Case.objects.count() == 30 and Case.objects.filter(total_fen=123_456).count() == 30


def test_the_unit_of_money_is_asked_once_shown_and_kept(scene: World) -> None:
    made = source_without_settings(scene)
    client = browser(scene, "lin")
    upload = SimpleUploadedFile("own.csv", own_table(scene, 2))
    mapping = client.post(f"{HOME}/sources/{made.pk}/sample/", {"file": upload})["Location"]
    page = text(client.get(mapping))
    assert "In which unit is the money written?" in page and 'id="preview"' not in page
    # The first total, 123456 in the file, as it would be in each unit.
    assert "123,456.00" in page and "1,234.56" in page and "1,234,560,000.00" in page
    inputs = {name: value for name, value in _inputs(page).items() if value != "ask"}
    settings = {"edition": "insurance", "from_date": "2026-01-01", "organisations": "本院 = QH01"}
    refused = client.post(mapping, {**inputs, **settings, "do": "keep"})
    assert refused.status_code == 400 and "Say in which unit these amounts are written" in text(refused)
    with inside(scene):
        assert not SourceVersion.objects.exists()
    tried = text(client.post(mapping, {**inputs, **settings, "money_unit": "fen", "do": "preview"}))
    preview = tried.split('id="preview"')[1]
    assert "1,234.56" in preview and "123,456.00" not in tried and 'id="money"' not in tried
    assert client.post(mapping, {**inputs, **settings, "money_unit": "fen", "do": "keep"}).status_code == 302
    with inside(scene):
        kept = sources.mapping(SourceVersion.objects.get())
    assert kept is not None and {column.unit for column in kept.columns if column.target[:1] == "D"} == {
        "fen"
    }
    upload = SimpleUploadedFile("again.csv", own_table(scene, 3))
    again = client.post(f"{HOME}/sources/{made.pk}/sample/", {"file": upload})["Location"]
    assert 'id="money"' not in text(client.get(again))


def test_several_days_and_levels_in_a_cell_are_proposed_shown_and_kept(scene: World) -> None:
    made = source_without_settings(scene)
    client = browser(scene, "lin")
    cells = {"手术编码": "86.2200，31.1x00", "手术日期": "2026-10-09/2026-10-10", "手术级别": "三级,4"}
    lines = list(csv.DictReader(io.StringIO(own_table(scene, 2).decode("gb18030"))))
    table = sheet([list(lines[0]), *([*{**line, **cells}.values()] for line in lines)])
    upload = SimpleUploadedFile("own.csv", table.encode("gb18030"))
    mapping = client.post(f"{HOME}/sources/{made.pk}/sample/", {"file": upload})["Location"]
    inputs = {name: value for name, value in _inputs(text(client.get(mapping))).items() if value != "ask"}
    settings = {"edition": "insurance", "from_date": "2026-01-01", "organisations": "本院 = QH01"}
    body = {**inputs, **settings, "money_unit": "fen"}
    tried = text(client.post(mapping, {**body, "do": "preview"}))
    assert "with errors" in tried and tried.split('class="wrap all bad-t"')[1:] == []
    assert "86.2200 (10-09, 3) 31.1x00 (10-10, 4)" in tried
    assert client.post(mapping, {**body, "do": "keep"}).status_code == 302
    with inside(scene):
        kept = sources.mapping(SourceVersion.objects.get())
        assert kept is not None
        assert {column.heading: column.split for column in kept.columns if column.heading in cells} == {
            "手术编码": ",，", "手术日期": "/", "手术级别": ",，",
        }  # fmt: skip


def sheet(rows: list[list[str]]) -> str:
    """Rows as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def test_a_mapping_without_a_required_meaning_is_not_kept(scene: World) -> None:
    made = source_without_settings(scene)
    client = browser(scene, "lin")
    upload = SimpleUploadedFile("own.csv", own_table(scene, 2))
    mapping = client.post(f"{HOME}/sources/{made.pk}/sample/", {"file": upload})["Location"]
    inputs = _inputs(text(client.get(mapping)))
    way = next(name for name, value in inputs.items() if value.startswith("B34C"))
    settings = {"edition": "insurance", "from_date": "2026-01-01"}
    answer = client.post(mapping, {**inputs, way: "", **settings, "do": "keep"})
    assert answer.status_code == 400 and "way of discharge" in text(answer)
    with inside(scene):
        assert not SourceVersion.objects.exists()


def test_a_changed_header_is_shown_as_a_difference(scene: World, lead: dict[str, str]) -> None:
    made = source(scene, "mapped", organisations=lead, mapping=OWN)
    content = SOURCES["mapped"].write(standard(scene, 2)).replace("离院方式", "出院去向")
    client = browser(scene, "lin")
    upload = SimpleUploadedFile("own.csv", content.encode())
    mapping = client.post(f"{HOME}/sources/{made.pk}/sample/", {"file": upload})["Location"]
    page = text(client.get(mapping))
    assert "read before, gone now" in page and "离院方式" in page and "出院去向" in page
    assert "by its values" in page  # the new column holds ways of discharge


def source_without_settings(world: World) -> Source:
    with inside(world):
        return sources.create(by=world.lin, institution=None, name="自编表", format="mapped")


def _inputs(page: str) -> dict[str, str]:
    """The controls of the columns with their values."""
    import re
    from html import unescape

    found = {}
    for tag in re.findall(r'<input class="in[^>]*>', page):
        name, value = re.search(r'name="(c\d+_\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = unescape(value[1]) if value else ""
    for name, body in re.findall(r'<select class="in" name="(c\d+_\w+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found


def test_nothing_of_the_other_sibling_can_be_mapped(scene: World) -> None:
    mine = source_without_settings(scene)
    with inside(scene):
        theirs = sources.create(by=scene.tan, institution=None, name="邻院", format="mapped")
    tan = browser(scene, "tan")
    upload = SimpleUploadedFile("own.csv", own_table(scene, 2))
    mapping = tan.post(f"{HOME}/sources/{theirs.pk}/sample/", {"file": upload})["Location"]
    sample = mapping.rstrip("/").rsplit("/", 1)[1]
    assert browser(scene, "lin").get(f"{HOME}/sources/{mine.pk}/mapping/{sample}/").status_code == 404


def test_a_front_page_without_a_source_is_read_as_before(scene: World) -> None:
    file = store(scene, pages(scene, 1))
    assert file.source is None and file.edition == "insurance"
