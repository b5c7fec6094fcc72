"""Schemes: a city's package is taken in whole or not at all, holds from its day, regroups its cases."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from alliance.models import Alliance, Attachment, Job
from alliance.services import jobs
from grouping.models import Case, GroupedCase, Scheme
from grouping.services import schemes
from tests.grouping.scene import HOME, browser, inside, pages, store, text
from tests.world import World

SHIPPED = schemes.SHIPPED / "xietong_demo"


def package(**changes: str) -> bytes:
    """The shipped scheme as the zip of another one; `changes` replaces texts in scheme.toml, drg.csv."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(SHIPPED.iterdir()):
            content = path.read_text(encoding="utf-8-sig")
            for old, new in changes.items():
                content = content.replace(old, new)
            archive.writestr(f"city/{path.name}", content)
    return body.getvalue()


CITY = {"xietong_demo": "city_2026", "协同演示分组方案": "本市分组方案", "0.8460": "0.9999"}


def send(client: Client, content: bytes, day: str = "2026-10-01", name: str = "city.zip") -> Any:
    body = {"package": SimpleUploadedFile(name, content), "from_date": day}
    return client.post(f"{HOME}/schemes/import/", body)


def rows(world: World) -> list[dict[str, str]]:
    """One case of each month, with a complication."""
    found = pages(world, 2, C06x01C="J96.000", C07x01N="急性呼吸衰竭", C08x01C="1")
    found[0] |= {"B12": "2026-09-08 09:00:00", "B15": "2026-09-12 10:00:00"}
    return found


def test_a_package_holds_from_its_day_and_groups_again_what_it_concerns(scene: World) -> None:
    store(scene, rows(scene))
    response = send(browser(scene, "luo"), package(**CITY))
    assert response.status_code == 302
    assert {job.kind for job in jobs.drain(scene.qinghe)} == {"cases.group_month", "metrics.refresh"}
    with inside(scene):
        city = Scheme.objects.get(code="city_2026")
        assert (city.name, city.from_date, city.illustrative) == ("本市分组方案", date(2026, 10, 1), False)
        assert city.package is not None and city.package.purpose == "import"
        old, new = Case.objects.order_by("discharged_at")
        assert GroupedCase.objects.filter(case=old).count() == 1
        weights = GroupedCase.objects.filter(case=new).order_by("pk").values_list("scheme__code", "weight")
        assert [(code, str(weight)[:6]) for code, weight in weights] == [
            ("xietong_demo", "0.8460"), ("city_2026", "0.9999"),
        ]  # fmt: skip
        assert not Alliance.objects.get(pk=scene.qinghe.pk).illustrative_scheme
    page = text(browser(scene, "luo").get(f"{HOME}/cases/{new.pk}/"))
    assert "0.9999" in page and "illustrative, not for payment" not in page and "本市分组方案" in page


def test_a_faulty_package_is_refused_with_every_fault_and_nothing_is_stored(scene: World) -> None:
    response = send(browser(scene, "su"), package(**{"mcc": "mmc", "0.8460": "viel"}))
    page = text(response)
    assert response.status_code == 400 and "nothing was stored" in page
    assert "drg.csv" in page and "unknown word" in page and "must be a decimal number" in page
    with inside(scene):
        assert Scheme.objects.count() == 1 and Attachment.objects.count() == 0 == Job.objects.count()


def test_what_is_no_package_is_refused(scene: World) -> None:
    client = browser(scene, "su")
    assert "Choose the zip file" in text(send(client, b"MZ\x90\x00", name="city.zip"))
    assert "Choose the zip file" in text(send(client, package(), name="city.exe"))
    assert "Choose a day" in text(send(client, package(), day="1999-01-01"))
    assert "lacks this file" in text(send(client, empty_zip()))
    escaped = io.BytesIO()
    with zipfile.ZipFile(escaped, "w") as archive:
        archive.writestr("../scheme.toml", "format = 1")
    assert "points outside the package" in text(send(client, escaped.getvalue()))
    with inside(scene):
        assert Scheme.objects.count() == 1


def empty_zip() -> bytes:
    """A zip that holds a file of no package."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    return body.getvalue()


def test_another_scheme_cannot_begin_on_a_taken_day_and_the_same_one_is_there_once(scene: World) -> None:
    client = browser(scene, "su")
    first = send(client, package(**CITY))
    assert send(client, package(**CITY))["Location"] == first["Location"]
    other = send(client, package(**CITY, **{"9.8000": "9.9000"}))
    assert other.status_code == 400 and "already holds" in text(other)
    with inside(scene):
        assert Scheme.objects.count() == 2


def test_the_page_of_a_scheme_shows_where_it_comes_from_and_its_warnings(scene: World) -> None:
    with inside(scene):
        shipped = Scheme.objects.get()
    page = text(browser(scene, "ding").get(f"{HOME}/schemes/{shipped.pk}/"))
    assert "shipped with the product" in page and "illustrative" in page and shipped.digest[:16] in page
    sent = send(browser(scene, "su"), package(**CITY, **{"9.8000": ""}))
    warned = text(browser(scene, "su").get(sent["Location"]))
    assert "has no weight" in warned and "city.zip" in warned


def test_who_may_look_may_not_import(scene: World) -> None:
    client = browser(scene, "ding")
    page = text(client.get(f"{HOME}/schemes/"))
    assert "协同演示分组方案" in page and "Import a grouping scheme" not in page
    assert client.get(f"{HOME}/schemes/import/").status_code == 403
    assert send(client, package(**CITY)).status_code == 403
    assert browser(scene, "lin").get(f"{HOME}/schemes/").status_code == 403


def test_another_alliances_scheme_is_not_there(scene: World) -> None:
    with inside(scene):
        mine = Scheme.objects.get()
    client = scene.client("shen", HTTP_ACCEPT_LANGUAGE="en")
    assert client.get(f"/a/jiangzhou/schemes/{mine.pk}/").status_code == 404
    assert "No grouping scheme yet" in text(client.get("/a/jiangzhou/schemes/"))
