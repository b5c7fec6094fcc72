"""Pages of deliveries: what is refused at the door, who sees what, completeness, the inbox."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from alliance.lib.period import Month
from alliance.models import Attachment
from alliance.services import jobs, parameters
from grouping.models import CaseFile, Declaration
from grouping.services import declarations, staging
from tests.grouping.files import as_csv
from tests.grouping.scene import HOME, browser, check, inside, pages, queries, store, text, upload
from tests.world import World

OCTOBER = Month(2026, 10)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("pages.exe", b"MZ\x90\x00", "Case files are CSV"),
        ("pages.xlsm", b"PK\x03\x04", "Case files are CSV"),
        ("pages.csv", b"MZ\x90\x00", "the content is a program"),
        ("pages.csv", b"PK\x03\x04rest", "the content is a workbook or packed file"),
        ("pages.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old or protected workbook"),
        ("pages.csv", b"", "empty"),
    ],
)
def test_n16_what_is_no_csv_by_name_and_content_is_refused_with_a_remedy(
    scene: World, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    response = upload(browser(scene, "lin"), content, name)
    assert response.status_code == 400 and said in text(response)
    with inside(scene):
        assert Attachment.objects.count() == CaseFile.objects.count() == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_n16_a_path_in_the_name_reaches_no_folder(scene: World, tmp_path: Path) -> None:
    response = upload(browser(scene, "lin"), as_csv(pages(scene, 1)), "../../x.csv")
    assert response.status_code == 302
    with inside(scene):
        row = Attachment.objects.get()
        assert row.shown_name == "x.csv" and len(row.stored_name) == 32 and "x" not in row.stored_name
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [row.stored_name]


def test_a_file_above_the_decided_limit_is_refused_with_the_limit(scene: World) -> None:
    with inside(scene):
        parameters.decide(
            by=scene.su, key="upload.csv_bytes", value=2**20, from_date=date(2026, 1, 1), decided_by="理事会"
        )
    response = upload(browser(scene, "lin"), b"A" * (2**20 + 1))
    assert response.status_code == 400 and "larger than 1 MiB" in text(response)


def test_the_same_file_again_leads_to_the_first_delivery(scene: World) -> None:
    client, content = browser(scene, "lin"), as_csv(pages(scene, 2))
    first = upload(client, content)
    again = upload(client, content)
    assert first["Location"] == again["Location"]
    assert "delivered before" in text(client.get(again["Location"]))
    with inside(scene):
        assert CaseFile.objects.count() == Attachment.objects.count() == 1


def test_the_same_bytes_of_another_member_are_not_shown(scene: World) -> None:
    content = as_csv(pages(scene, 2))
    upload(browser(scene, "lin"), content)
    response = upload(browser(scene, "tan"), content)
    assert response.status_code == 400 and "by another member" in text(response)


def test_a_member_of_one_institution_delivers_for_it_alone(scene: World) -> None:
    with inside(scene):
        other = str(scene.tcm.pk)
    upload(browser(scene, "lin"), as_csv(pages(scene, 1)), institution=other)
    with inside(scene):
        assert CaseFile.objects.get().institution_id == scene.lead.pk


def test_the_office_delivers_for_one_member_or_for_several(scene: World) -> None:
    client = browser(scene, "luo")
    upload(client, as_csv(pages(scene, 1)), institution=str(scene.tcm.pk))
    upload(client, as_csv(pages(scene, 2)))
    with inside(scene):
        assert list(CaseFile.objects.order_by("pk").values_list("institution", flat=True)) == [
            scene.tcm.pk,
            None,
        ]


def test_another_institutions_delivery_is_not_there(scene: World) -> None:
    rows = pages(scene, 3)
    rows[1]["C03C"] = "J18.9"
    file = check(scene, rows)
    client = browser(scene, "tan")
    assert f"/case-files/{file.pk}/" not in text(client.get(f"{HOME}/case-files/"))
    for page in ("", "progress/", "bad-rows/"):
        assert client.get(f"{HOME}/case-files/{file.pk}/{page}").status_code == 404
    for deed in ("publish/", "discard/", "missing/"):
        assert client.post(f"{HOME}/case-files/{file.pk}/{deed}").status_code == 404
    assert browser(scene, "luo").get(f"{HOME}/case-files/{file.pk}/").status_code == 200


def test_the_list_costs_the_same_for_any_number_of_deliveries(scene: World) -> None:
    client = browser(scene, "luo")
    store(scene, pages(scene, 2))
    queries(client, "case-files/")
    few = queries(client, "case-files/")
    for number in range(3, 9):
        check(scene, pages(scene, number))
    assert queries(client, "case-files/") == few


def test_a_declaration_is_kept_and_completeness_measured_against_it(scene: World) -> None:
    store(scene, pages(scene, 4))
    client = browser(scene, "lin")
    body = {
        "institution": scene.lead.pk,
        "month": "2026-10",
        "discharges": "5",
        "total": "6,172.80",
        "unfinished": "1",
    }
    assert client.post(f"{HOME}/case-files/declare/", body).status_code == 302
    with inside(scene):
        row = Declaration.objects.get()
        assert (row.total_fen, row.discharges, row.unfinished, row.entered_by_id) == (
            617_280,
            5,
            1,
            scene.lin.pk,
        )
    page = text(client.get(f"{HOME}/case-files/?month=2026-10"))
    assert "80.0%" in page and "4 of 5 declared discharges" in page and "1 unfinished" in page


def test_a_declaration_that_cannot_be_is_refused_beside_its_field(scene: World) -> None:
    client = browser(scene, "lin")
    body = {"institution": scene.tcm.pk, "month": "2199-01", "discharges": "-1", "total": "12.345"}
    response = client.post(f"{HOME}/case-files/declare/", body)
    page = text(response)
    assert response.status_code == 400 and "This month has not begun" in page
    assert "more than two decimals" in page and "not one of the available choices" in page
    with inside(scene):
        assert Declaration.objects.count() == 0


def test_who_only_reads_delivers_and_declares_nothing(scene: World) -> None:
    client = browser(scene, "ding")
    page = text(client.get(f"{HOME}/case-files/"))
    assert "Deliver a case file" not in page
    assert upload(client, as_csv(pages(scene, 1))).status_code == 403
    assert client.get(f"{HOME}/case-files/declare/").status_code == 403


def test_the_inbox_names_deliveries_questions_and_months_that_are_not_complete(scene: World) -> None:
    rows = pages(scene, 5)
    store(scene, rows)
    later = pages(scene, 4)
    later[0] |= {"D01": "2234.56", "D23": "2000.00"}
    store(scene, later)
    rows[1]["C03C"] = "J18.9"
    check(scene, rows)
    with inside(scene):
        declarations.declare(by=scene.lin, institution=scene.lead, month=OCTOBER, discharges=9, total_fen=1)
    page = text(browser(scene, "lin").get(f"{HOME}/"))
    for what in (
        "1 case missing from a later file", "1 delivery to decide", "1 has rows to correct.",
        "October 2026: 1 institution not complete", "discharges of October 2026", "100.0%",
    ):  # fmt: skip
        assert what in page
    other = text(browser(scene, "zhao").get(f"{HOME}/"))
    assert "delivery to decide" not in other and "missing from a later file" not in other


def test_a_check_that_gave_up_says_so_in_the_list(scene: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging.Stager, "take", lambda *_: 1 / 0)
    file = check(scene, pages(scene, 1))
    client = browser(scene, "lin")
    assert "check stopped" in text(client.get(f"{HOME}/case-files/"))
    page = text(client.get(f"{HOME}/case-files/{file.pk}/"))
    assert "given up" in page and client.post(f"{HOME}/case-files/{file.pk}/discard/").status_code == 302
    assert jobs.drain(scene.qinghe) == []
