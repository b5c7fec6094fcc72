"""Words people meet: what an upload is instead, states by their own names, who may do what, no raw keys."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

import grouping.readers
from alliance.lib.sheets.limits import SheetRefused
from alliance.roles import roles
from grouping import texts
from grouping.models import CaseFile, Dispute, ItemDecision
from grouping.reports import dictionary_views
from grouping.services.staging import HOUSE_CODES
from tests.grouping.files import as_csv
from tests.grouping.scene import HOME, browser, check, pages, text
from tests.grouping.test_sources import source
from tests.world import World

BY_API = {"X-Alliance": "qinghe"}
CHINESE = {"HTTP_ACCEPT_LANGUAGE": "zh-hans"}


def deliver(client: Client, name: str, content: bytes, **more: Any) -> str:
    """What the form of deliveries says about a file."""
    body = {"file": SimpleUploadedFile(name, content), "edition": "insurance", **more}
    answer = client.post(f"{HOME}/case-files/deliver/", body)
    assert answer.status_code == 400
    return text(answer)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("十月.xlsx", "病案号,姓名\n".encode(), "内容却是纯文本。把文件名改成 .csv"),
        ("十月.xlsx", b"%PDF-1.7", "内容却是 PDF 文档"),
        ("十月.xlsx", b"\x00\x01\x02", "内容却不是"),
        ("十月.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "另存为不含宏的"),
        ("十月.xlsm", b"PK\x03\x04", "另存为不含宏的"),
        ("十月.json", b"{}", "由“结算清单”格式的数据来源报送"),
        ("十月.doc", b"x", "读取 CSV 和工作簿"),
    ],
)
def test_a_mapped_source_says_what_a_file_is_and_what_to_do(
    scene: World, name: str, content: bytes, said: str
) -> None:
    made = source(scene, "n041")
    page = deliver(scene.client("lin", **CHINESE), name, content, source=made.pk)
    assert said in page
    assert "病例文件是 CSV" not in page and "no workbook" not in page


def test_a_limit_in_bytes_is_said_in_mib() -> None:
    refused = SheetRefused("too_large", limit=3 * 2**20)
    assert refused.template % refused.params == "The file is larger than 3 MiB."
    assert SheetRefused("unpacked_too_large", limit=2**19).params["mib"] == "0.5"


def test_a_file_of_a_heading_only_says_that_it_has_no_rows(scene: World) -> None:
    rows = pages(scene, 1)
    content = as_csv(rows).split(b"\n")[0] + b"\n"
    file = check(scene, rows)
    assert file.rows_read == 1
    client = scene.client("lin", **CHINESE)
    body = {"file": SimpleUploadedFile("空.csv", content), "edition": "insurance"}
    answer = client.post(f"{HOME}/case-files/deliver/", body)
    drain(scene)
    page = text(client.get(answer["Location"]))
    assert "文件里没有数据行" in page and "都可入库" not in page


def drain(world: World) -> None:
    from alliance.services import jobs

    assert all(job.state == "done" for job in jobs.drain(world.qinghe))


def test_states_bear_their_own_words() -> None:
    with translation.override("zh-hans"):
        assert str(Dispute.State.ANSWERED.label) == "已答复"
        assert str(Dispute.State.OPEN.label) == "已提出"
        assert str(CaseFile.State.REFUSED.label) == "无法读取"
        assert str(ItemDecision.Kind.CONFIRM.label) == "已确认"


def test_every_kind_of_error_has_a_word() -> None:
    folder = Path(grouping.readers.__path__[0])
    codes = {code for path in folder.glob("*.py") for code in reported(ast.parse(path.read_text("utf-8")))}
    assert {"missing_value", "value_too_long", "too_many_values"} <= codes
    assert not (codes | set(HOUSE_CODES)) - texts.KINDS.keys()


def reported(tree: ast.AST) -> set[str]:
    """The kinds that `report(column, kind, message)` and `_note(column, kind, bad)` name outright."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) > 1)
    named = (node.args[1] for node in calls if getattr(node.func, "attr", "") in ("report", "_note"))
    return {one.value for one in named if isinstance(one, ast.Constant)}


def test_a_refusal_names_the_roles_that_may_not_a_code(scene: World) -> None:
    page = text(scene.client("wu", **CHINESE).get(f"{HOME}/parameters/"))
    assert "医联体管理员" in page and "审计员" in page
    assert "parameter.view" not in page
    asked = scene.client("su", **CHINESE).get("/api/v1/cases/1/explanation/", headers=BY_API)
    assert asked.status_code == 403 and "编码员" in asked.json()["error"]


def test_a_missing_row_of_the_api_is_said_in_the_language_asked_for(scene: World) -> None:
    for language, said in (("zh-hans", "这个网址下没有内容"), ("en", "Nothing is at this address")):
        client = scene.client("lin", HTTP_ACCEPT_LANGUAGE=language)
        answer = client.get("/api/v1/cases/999999/explanation/", headers=BY_API)
        assert answer.status_code == 404 and answer.json()["error"] == said


def test_every_role_is_named_in_both_languages() -> None:
    assert all(role.name_zh and role.name_en for role in roles().values())


@pytest.mark.parametrize("part", list(dictionary_views.PARTS))
def test_the_dictionary_of_a_chinese_page_is_chinese(scene: World, part: str) -> None:
    page = text(scene.client("lin", **CHINESE).get(f"{HOME}/data-dictionary/?part={part}"))
    for raw in ("registered address", "value_missing:", "Line ", "fill it in"):
        assert raw not in page


def test_no_tab_leads_where_its_reader_may_not_go(scene: World) -> None:
    page = text(browser(scene, "lin").get(f"{HOME}/training/"))
    assert "Hours of the year" in page and "/training/fund/" not in page
    fund = text(browser(scene, "cai").get(f"{HOME}/training/fund/"))
    assert "/training/fund/" in fund and 'href="/a/qinghe/parameters/"' not in fund
