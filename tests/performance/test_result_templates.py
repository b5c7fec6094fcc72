"""Results in the alliance's own layout: checked, filled with a month, the same bytes each time."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.lib import sheets
from performance.models import Line, ResultTemplate
from performance.services import result_templates
from performance.services.result_templates import TemplateRefused
from tests.performance.scene import NOW, compute, inside
from tests.world import World

LAYOUT = (
    ("{{alliance}} {{month}}",), ("机构", "得分", "CMI", "金额"),
    ("{{institution}}", "{{score}}", "{{value:cmi}}", "{{amount}}"), ("合计", None, None, "{{total_amount}}"),
)  # fmt: skip


def workbook(*rows: tuple[object, ...]) -> io.BytesIO:
    body = io.BytesIO()
    sheets.write_xlsx(body, rows)
    body.seek(0)
    return body


def kept(world: World, *rows: tuple[object, ...], by: str = "luo") -> ResultTemplate:
    return result_templates.keep(
        by=world.people[by], name="理事会结果表", file_name="t.xlsx", content=workbook(*rows), now=NOW
    )


def test_a_layout_is_checked_when_it_comes(qinghe: World) -> None:
    with inside(qinghe):
        for rows, reason in (
            ([("得分",)], "none"), ([("x",), (None, "{{scores}}")], "unknown"),
            ([("{{value:gold}}",)], "indicator"),
        ):  # fmt: skip
            with pytest.raises(TemplateRefused) as refused:
                kept(qinghe, *rows)
            assert refused.value.reason == reason
        with pytest.raises(PermissionDenied):
            kept(qinghe, *LAYOUT, by="lin")


def test_a_month_is_filled_in_and_twice_the_same(qinghe: World) -> None:
    run = compute(qinghe)
    with inside(qinghe):
        first = kept(qinghe, *LAYOUT)
        with CaptureQueriesContext(connection) as caught:
            one = result_templates.filled(by=qinghe.luo, template=first, run=run)
        assert result_templates.filled(by=qinghe.luo, template=first, run=run) == one
        lines = {row.institution.name: row for row in Line.objects.filter(settlement=run.settlement)
                 .select_related("institution")}  # fmt: skip
        assert len(caught) < 12
    grid = [
        [cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(one)).active.iter_rows()
    ]
    assert grid[0][0] == "清河县医共体 2026-10" and len(grid) == 3 + len(lines)
    for name, score, _cmi, amount in grid[2:-1]:
        line = lines[name]
        assert (score, round(Decimal(amount) * 100)) == (float(line.score), line.fen)
    assert round(Decimal(grid[-1][3]) * 100) == sum(line.fen for line in lines.values())


def test_the_pages_of_layouts(qinghe: World) -> None:
    compute(qinghe)
    office, url = qinghe.client("luo"), "/a/qinghe/months/templates/"
    file = SimpleUploadedFile("结果表.xlsx", workbook(*LAYOUT).getvalue())
    refused = office.post(url, {"name": "表", "file": SimpleUploadedFile("x.xlsx", b"no")})
    assert refused.status_code == 400
    assert office.post(url, {"name": "理事会结果表", "file": file}).status_code == 302
    page = office.get(url).content.decode()
    assert "理事会结果表" in page and "{{amount}}" in page
    with inside(qinghe):
        pk = ResultTemplate.objects.get().pk
    answer = office.get(f"/a/qinghe/months/2026-10/sheet/{pk}/")
    assert answer.status_code == 200 and answer.content[:2] == b"PK"
    assert qinghe.client("lin").get(url).status_code in (403, 404)
