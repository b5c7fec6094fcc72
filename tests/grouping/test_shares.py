"""What the office delivered for several members: each sees its own rows and delivers its corrected month."""

from __future__ import annotations

import csv
import io

import pytest

from alliance.services import jobs
from grouping.models import BadRow, Case, CaseFile
from grouping.services import publishing
from tests.grouping.files import as_csv, front_page
from tests.grouping.scene import HOME, browser, check, inside, queries, text, upload
from tests.world import World


def both(world: World) -> list[dict[str, str]]:
    """Two rows of the lead hospital and three of the other one; one of each is bad."""
    own, other = world.lead.organisation, world.tcm.organisation
    return [
        front_page(own, "LEAD0001", A11="甲"), front_page(own, "LEAD0002", A11="乙", C03C="J18.9"),
        front_page(other, "TCMH0001", A11="丙"), front_page(other, "TCMH0002", A11="丁", B20="9"),
        front_page(other, "TCMH0003", A11="戊"),
    ]  # fmt: skip


@pytest.fixture
def joint(scene: World) -> CaseFile:
    """The office's file, its good rows stored."""
    file = check(scene, both(scene), by=scene.luo)
    with inside(scene):
        return publishing.publish(by=scene.luo, file=file, take_good=True)


def sheet(world: World, name: str, file: CaseFile) -> list[list[str]]:
    answer = browser(world, name).get(f"{HOME}/case-files/{file.pk}/own/bad-rows/")
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_each_member_sees_the_delivery_with_its_own_rows_alone(scene: World, joint: CaseFile) -> None:
    at = f"{HOME}/case-files/{joint.pk}/own/"
    for name, mine, theirs, said in (
        ("lin", "LEAD0002", "TCMH0002", "1 of our 2 rows need correcting"),
        ("tan", "TCMH0002", "LEAD0002", "1 of our 3 rows need correcting"),
    ):
        client = browser(scene, name)
        assert f"case-files/{joint.pk}/own/" in text(client.get(f"{HOME}/case-files/"))
        page = text(client.get(at))
        assert said in page and f">{mine}<" in page and theirs not in page
        assert "of our 5" not in page
        rows = sheet(scene, name, joint)
        assert len(rows) == 2 and mine in rows[1] and theirs not in str(rows)
        # The whole delivery stays the office's.
        assert client.get(f"{HOME}/case-files/{joint.pk}/").status_code == 404
        assert client.get(f"{HOME}/case-files/{joint.pk}/bad-rows/").status_code == 404


def test_who_has_no_row_in_it_does_not_know_it(scene: World, joint: CaseFile) -> None:
    for name in ("han", "luo"):
        assert browser(scene, name).get(f"{HOME}/case-files/{joint.pk}/own/").status_code == 404
    assert "Delivered for us" not in text(browser(scene, "han").get(f"{HOME}/case-files/"))
    assert browser(scene, "lin").get(f"{HOME}/case-files/{joint.pk + 9}/own/").status_code == 404


def test_the_member_delivers_the_corrected_rows_itself(scene: World, joint: CaseFile) -> None:
    client = browser(scene, "lin")
    rows = both(scene)[:2]
    rows[1]["C03C"] = "J18.900"
    at = upload(client, as_csv(rows))["Location"]
    with inside(scene):
        file = CaseFile.objects.get(pk=int(at.rstrip("/").rsplit("/", 1)[-1]))
        assert file.institution == scene.lead
    jobs.drain(scene.qinghe)
    client.post(f"{at}publish/")
    with inside(scene):
        assert sorted(Case.objects.values_list("record_no", flat=True)) == [
            "LEAD0001",
            "LEAD0002",
            "TCMH0001",
            "TCMH0003",
        ]
        assert set(BadRow.objects.values_list("file", flat=True)) == {joint.pk}


def test_the_list_costs_the_same_with_one_delivery_and_with_many(scene: World, joint: CaseFile) -> None:
    client = browser(scene, "lin")
    queries(client, "case-files/")
    one = queries(client, "case-files/")
    for number in range(3):
        rows = both(scene)
        rows[0]["A48"] = f"M{number}"
        check(scene, rows, by=scene.luo)
    assert queries(client, "case-files/") == one
