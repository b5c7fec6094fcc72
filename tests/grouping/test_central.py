"""Central group results: read by a mapped source, compared with our groups, each difference explained."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from alliance.services import jobs
from grouping.models import Case, CentralFile, CentralResult, GroupedCase
from grouping.readers.mapping import Column, TableMap
from grouping.services import central, schemes, sources
from tests.engines.readers.sources import workbook
from tests.grouping.scene import HOME, TODAY, browser, inside, pages, queries, store, text
from tests.grouping.test_pairs import lists, page_rows
from tests.grouping.test_sources import _inputs, standard
from tests.world import World

HEADER = ["病案号", "住院次数", "出院日期", "DRG编码", "权重", "结算金额", "分组主诊断编码", "分组版本"]
MAPPING = TableMap(
    tuple(
        Column(heading, target)
        for heading, target in zip(
            HEADER, ["A48", "A49", "B15", "R01", "R02", "R03", "R05", "R04"], strict=True
        )
    )
)


def table(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def results_source(world: World) -> Any:
    with inside(world):
        made = sources.create(by=world.lin, institution=None, name="市级分组", format="results")
        sources.settle(
            by=world.lin, source=made, edition="insurance", from_date=date(2026, 1, 1), mapping=MAPPING
        )
    return made


def deliver(world: World, made: Any, content: bytes, name: str = "r.csv") -> CentralFile:
    with inside(world):
        file, _made = central.receive(by=world.lin, source=made, name=name, content=[content], today=TODAY)
    assert all(job.state == "done" for job in jobs.drain(world.qinghe))
    with inside(world):
        return CentralFile.objects.get(pk=file.pk)


def row(number: int, drg: str, **more: str) -> dict[str, str]:
    return {"病案号": f"R{number:05}", "住院次数": "1", "出院日期": "2026/10/12", "DRG编码": drg, **more}


def ours(world: World) -> str:
    with inside(world):
        return str(GroupedCase.objects.order_by("pk").first().drg)


def why(world: World, file: CentralFile) -> dict[str, str]:
    with inside(world):
        return dict(CentralResult.objects.filter(file=file).values_list("record_no", "why"))


def test_each_case_is_equal_or_has_its_cause(scene: World) -> None:
    store(scene, pages(scene, 8))
    own = ours(scene)
    content = table(
        [
            row(0, own, 权重="1.05", 结算金额="8,000.50"), row(1, "ZZ99"),
            row(2, _other(own, 1), 分组主诊断编码="I63.900"),
            row(3, _other(own, 3)), row(4, _other(own, 1)), row(5, _other(own, 0)), row(99, own),
            row(6, _other(own, 1), 分组版本="9.9"),
        ]
    ).encode("gb18030")  # fmt: skip
    file = deliver(scene, results_source(scene), content)
    found = why(scene, file)
    assert (file.state, file.rows_read, file.rows_bad) == ("read", 8, 0)
    assert found["R00000"] == "equal" and found["R00001"] == "unknown" and found["R00002"] == "principal"
    assert found["R00003"] == "split" and found["R00004"] == "adrg" and found["R00005"] == "mdc"
    assert found["R00099"] == "no_case" and found["R00006"] == "version"
    with inside(scene):
        first = CentralResult.objects.get(record_no="R00000")
        assert first.settled_fen == 800_050 and str(first.weight) == "1.050000" and first.ours == own
    page = text(browser(scene, "lin").get(f"{HOME}/central/{file.pk}/"))
    assert "6 cases have another group" in page and "14.3%" in page  # one of seven compared


def _other(own: str, same: int) -> str:
    """A code of the shipped scheme that agrees with ours in so many first characters."""
    package = schemes.shipped_package("xietong_demo")
    codes = sorted({drg.code for rows in package.drgs.values() for drg in rows} - {own})
    return next(code for code in codes if code[:same] == own[:same] and code[: same + 1] != own[: same + 1])


def test_the_other_document_explains_a_difference(scene: World) -> None:
    store(scene, page_rows(scene, 1))
    page_group = ours(scene)
    lists(scene, standard(scene, 1, C03C="I63.900"))
    content = table([{**row(0, page_group), "病案号": "S0"}]).encode()
    file = deliver(scene, results_source(scene), content)
    assert why(scene, file) == {"S0": "document"}
    with inside(scene):
        assert CentralResult.objects.get().case.document == "settlement_list"


def test_bad_rows_are_named_and_good_ones_stay(scene: World) -> None:
    store(scene, pages(scene, 2))
    own = ours(scene)
    content = table(
        [row(0, own), row(1, own, 出院日期="2026-02-30"), row(2, ""), row(3, own, 权重="x")]
    ).encode()
    file = deliver(scene, results_source(scene), content)
    assert (file.rows_read, file.rows_bad) == (4, 3)
    page = text(browser(scene, "lin").get(f"{HOME}/central/{file.pk}/"))
    assert "Line 3" in page and "Line 4" in page and "no weight" in page


def test_a_workbook_and_the_same_file_twice(scene: World) -> None:
    store(scene, pages(scene, 1))
    made = results_source(scene)
    content = workbook(table([row(0, ours(scene))]))
    file = deliver(scene, made, content, "r.xlsx")
    assert why(scene, file) == {"R00000": "equal"}
    assert deliver(scene, made, content, "r.xlsx").pk == file.pk


def test_comparing_again_sees_a_correction(scene: World) -> None:
    store(scene, pages(scene, 1))
    made, own = results_source(scene), ours(scene)
    file = deliver(scene, made, table([row(0, own)]).encode())
    store(scene, pages(scene, 1, C03C="I63.900", C04N="脑梗死"))
    client = browser(scene, "lin")
    client.post(f"{HOME}/central/{file.pk}/compare/")
    assert why(scene, file)["R00000"] != "equal"
    with inside(scene):
        found = CentralResult.objects.get()
        assert Case.objects.get().revision == 2
    page = text(client.get(f"{HOME}/central/rows/{found.pk}/"))
    assert found.drg in page and found.ours in page and "Why they differ" in page


def test_a_header_that_changed_is_refused_by_name(scene: World) -> None:
    content = table([row(0, "AA")]).replace("DRG编码", "病组").encode()
    file = deliver(scene, results_source(scene), content)
    assert file.state == "refused"
    assert "DRG编码" in text(browser(scene, "lin").get(f"{HOME}/central/{file.pk}/"))


def test_the_assistant_maps_results_and_delivers_them(scene: World) -> None:
    store(scene, pages(scene, 1))
    client = browser(scene, "lin")
    made = client.post(f"{HOME}/sources/new/", {"name": "市级分组", "format": "results"})["Location"]
    sample = client.get(made)["Location"]
    upload = SimpleUploadedFile("r.csv", table([row(0, ours(scene))]).encode())
    mapping = client.post(sample, {"file": upload})["Location"]
    inputs = _inputs(text(client.get(mapping)))
    assert [inputs[f"c{n}_target"][:3] for n in range(4)] == ["A48", "A49", "B15", "R01"]
    settings = {"edition": "insurance", "from_date": "2026-01-01", "money_unit": ""}
    answer = client.post(mapping, {**inputs, **settings, "do": "deliver"})
    assert answer.status_code == 302 and "/central/" in answer["Location"]
    jobs.drain(scene.qinghe)
    with inside(scene):
        assert CentralResult.objects.get().why == "equal"
    assert "100" in text(client.get(f"{HOME}/central/"))


def test_the_list_costs_the_same_queries_at_any_length(scene: World) -> None:
    store(scene, pages(scene, 12))
    made = results_source(scene)
    few = deliver(scene, made, table([row(n, "ZZ99") for n in range(2)]).encode())
    many = deliver(scene, made, table([row(n, "ZZ99") for n in range(12)]).encode())
    client = browser(scene, "lin")
    queries(client, f"central/{few.pk}/")
    assert queries(client, f"central/{few.pk}/") == queries(client, f"central/{many.pk}/")


@pytest.mark.parametrize("page", ["central/", "central/deliver/"])
def test_pages_open(scene: World, page: str) -> None:
    assert browser(scene, "lin").get(f"{HOME}/{page}").status_code == 200
