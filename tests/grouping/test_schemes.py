"""Schemes: a city's package is taken in whole or not at all, and holds when two people let it."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext

from alliance.approvals import services as approvals
from alliance.approvals.errors import NotYours
from alliance.lib.period import Month
from alliance.models import Alliance, Attachment, Job
from alliance.services import jobs
from grouping.engine.problems import REASONS
from grouping.engine.remedies import REMEDIES
from grouping.engine.write import written
from grouping.models import Case, GroupedCase, Scheme, SchemeContent, SchemeVersion
from grouping.readers.workbook import write_workbook
from grouping.services import edits, release, versions
from grouping.versions import sql
from tests.grouping.scene import HOME, browser, inside, pages, queries, store, text
from tests.grouping.schemes import CITY, ON, imported, package, put_in_force, send, texts
from tests.ledger import books
from tests.world import World

State = SchemeVersion.State


def rows(world: World) -> list[dict[str, str]]:
    """One case of each month, with a complication."""
    found = pages(world, 2, C06x01C="J96.000", C07x01N="急性呼吸衰竭", C08x01C="1")
    found[0] |= {"B12": "2026-09-08 09:00:00", "B15": "2026-09-12 10:00:00"}
    return found


def test_an_uploaded_package_is_a_draft_by_which_nothing_is_grouped(scene: World) -> None:
    response = send(browser(scene, "luo"), package(**CITY))
    assert response.status_code == 302
    assert "being checked" in text(browser(scene, "luo").get(response["Location"]))
    assert {job.kind for job in jobs.drain(scene.qinghe)} == {"scheme.check"}
    page = text(browser(scene, "luo").get(response["Location"]))
    assert "本市分组方案" in page and "draft" in page and "city.zip" in page
    with inside(scene):
        version = SchemeVersion.objects.get(code="city_2026")
        assert (version.state, version.errors) == (State.DRAFT, 0)
        assert Scheme.objects.count() == 1


def test_it_holds_from_its_day_when_a_second_person_agrees_and_groups_again(scene: World) -> None:
    store(scene, rows(scene))
    version = imported(scene)
    proposed = browser(scene, "luo").post(
        f"{HOME}/schemes/versions/{version.pk}/propose/", {"hold-from_date": "2026-10-01", "confirmed": "on"}
    )
    assert proposed.status_code == 302
    with inside(scene):
        approval = release.waiting(version)
        assert approval is not None and Scheme.objects.count() == 1
        with pytest.raises(NotYours), transaction.atomic():
            approvals.decide(by=scene.luo, approval=approval, verdict="yes")
    page = text(browser(scene, "meng").get(f"{HOME}/approvals/{approval.pk}/"))
    assert "本市分组方案" in page and "2026-10-01" in page
    with inside(scene):
        approvals.decide(by=scene.meng, approval=approval, verdict="yes")
    kinds = {"cases.group_month", "cases.queue_month", "metrics.refresh"}
    assert {job.kind for job in jobs.drain(scene.qinghe)} == kinds
    with inside(scene):
        city = Scheme.objects.get(code="city_2026")
        assert (city.name, city.from_date, city.illustrative) == ("本市分组方案", date(2026, 10, 1), False)
        assert SchemeVersion.objects.get(pk=version.pk).state == State.RELEASED
        old, new = Case.objects.order_by("discharged_at")
        assert GroupedCase.objects.filter(case=old).count() == 1
        weights = GroupedCase.objects.filter(case=new).order_by("pk").values_list("scheme__code", "weight")
        assert [(code, str(weight)[:6]) for code, weight in weights] == [
            ("xietong_demo", "0.8460"), ("city_2026", "0.9999"),
        ]  # fmt: skip
        assert not Alliance.objects.get(pk=scene.qinghe.pk).illustrative_scheme
    page = text(browser(scene, "luo").get(f"{HOME}/cases/{new.pk}/"))
    assert "0.9999" in page and "illustrative, not for payment" not in page and "本市分组方案" in page


def test_a_faulty_package_is_kept_with_every_fault_and_its_corrected_upload_replaces_it(scene: World) -> None:
    client = browser(scene, "su")
    sent = send(client, package(**{"mcc": "mmc", "0.8460": "viel"}))
    jobs.drain(scene.qinghe)
    page = text(client.get(sent["Location"]))
    assert "have to be corrected" in page and "drg.csv" in page and "rule: unknown word" in page
    filtered = text(client.get(f"{sent['Location']}?kind=decimal&file=drg.csv"))
    assert "must be a decimal number" in filtered and "Write digits and a point" in filtered
    with inside(scene):
        version = SchemeVersion.objects.exclude(form="shipped").get()
        assert version.state == State.REFUSED and version.errors == version.findings.count() > 1
        upload = version.upload
        assert upload is not None and Scheme.objects.count() == 1
    again = send(client, package(**CITY), replaces=str(version.pk))
    assert again["Location"] == sent["Location"]
    jobs.drain(scene.qinghe)
    with inside(scene):
        mended = SchemeVersion.objects.get(pk=version.pk)
        assert (mended.state, mended.errors, mended.code) == (State.DRAFT, 0, "city_2026")
        assert not Attachment.objects.filter(pk=upload.pk).exists()


def test_findings_leave_as_csv_and_workbook_in_the_language_of_the_page(scene: World) -> None:
    version = imported(scene, package(**{"0.8460": "viel"}))
    at = f"{HOME}/schemes/versions/{version.pk}/findings"
    english = b"".join(browser(scene, "ding").get(f"{at}/csv/")).decode()
    assert "must be a decimal number" in english and "Write digits and a point" in english
    chinese = b"".join(scene.client("ding", HTTP_ACCEPT_LANGUAGE="zh-CN").get(f"{at}/csv/")).decode()
    assert "小数" in chinese and "must be" not in chinese
    assert browser(scene, "ding").get(f"{at}/xlsx/").content[:2] == b"PK"
    assert browser(scene, "ding").get(f"{at}/exe/").status_code == 404


def test_thousands_of_findings_stay_a_page_of_fifty_and_cost_no_more_queries(scene: World) -> None:
    few = imported(scene, package(**{"0.8460": "viel"}))
    files = texts(**CITY)
    files["lists.csv"] += b"".join(b"damaged,procedure,%d\n" % number for number in range(40_000, 44_000))
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    many = imported(scene, body.getvalue(), name="many.zip")
    client = browser(scene, "luo")
    page = text(client.get(f"{HOME}/schemes/versions/{many.pk}/"))
    assert "4,000" in page and page.count("procedure code has two digits") == 50
    at = "schemes/versions"
    assert queries(client, f"{at}/{many.pk}/") == queries(client, f"{at}/{few.pk}/")


def test_the_files_of_a_folder_and_a_workbook_are_the_same_package(scene: World) -> None:
    client = browser(scene, "luo")
    several = [SimpleUploadedFile(name, content) for name, content in texts(**CITY).items()]
    extra = SimpleUploadedFile("readme.txt", b"x")
    folder = client.post(f"{HOME}/schemes/import/", {"folder": [*several, extra]})
    book = io.BytesIO()
    write_workbook(book, written(texts(**CITY)))
    workbook = send(client, book.getvalue(), name="city.xlsx")
    assert folder.status_code == workbook.status_code == 302
    zipped = imported(scene)
    with inside(scene):
        found = SchemeVersion.objects.exclude(form="shipped")
        assert {version.form for version in found} == {"zip", "files", "workbook"}
        assert {version.digest for version in found} == {zipped.digest}
        assert {tuple(sorted(version.manifest.items())) for version in found} == {
            tuple(sorted(zipped.manifest.items()))
        }
        kept = {digest for version in SchemeVersion.objects.all() for digest in version.manifest.values()}
        assert SchemeContent.objects.count() == len(kept) < len(zipped.manifest) * 2


def test_what_is_no_package_is_refused_and_a_broken_one_says_what_is_broken(scene: World) -> None:
    client = browser(scene, "su")
    assert "None of these files belongs" in text(send(client, b"x", name="city.exe"))
    assert "Choose a zip" in text(client.post(f"{HOME}/schemes/import/", {}))
    twice = [SimpleUploadedFile("mdc.csv", b"x"), SimpleUploadedFile("mdc.csv", b"y")]
    assert "is there twice" in text(client.post(f"{HOME}/schemes/import/", {"files": twice}))
    escaped = io.BytesIO()
    with zipfile.ZipFile(escaped, "w") as archive:
        archive.writestr("../scheme.toml", "format = 1")
    for content, name, said in (
        (b"MZ\x90\x00", "city.zip", "not a readable zip file"),
        (escaped.getvalue(), "city.zip", "points outside the package"),
        (b"PK\x03\x04 no workbook", "city.xlsx", "damaged or is no workbook"),
    ):
        response = send(client, content, name=name)
        jobs.drain(scene.qinghe)
        assert said in text(client.get(response["Location"])), name
    with inside(scene):
        assert Scheme.objects.count() == 1
        assert not Job.objects.exclude(state="done").exists()


def test_a_day_is_taken_once_and_a_content_is_released_once(scene: World) -> None:
    first, same = imported(scene), imported(scene)
    put_in_force(scene, first, date(2026, 10, 1))
    other = imported(scene, package(**CITY, **{"9.8000": "9.9000"}))
    with inside(scene):
        for version, day, reason in (
            (other, date(2026, 10, 1), "day_taken"), (same, date(2026, 12, 1), "same_content"),
        ):  # fmt: skip
            with pytest.raises(release.ReleaseRefused) as refused:
                release.propose(by=scene.luo, version=version, from_date=day, on=ON)
            assert refused.value.reason == reason
    put_in_force(scene, first, date(2026, 12, 1))
    with inside(scene):
        assert Scheme.objects.filter(digest=first.digest).count() == 2


def test_the_database_keeps_what_is_released_and_what_holds(scene: World) -> None:
    version = imported(scene)
    put_in_force(scene, version, date(2026, 10, 1))
    with inside(scene):
        held = Scheme.objects.get(code="city_2026")
    for change in (
        lambda: SchemeVersion.objects.filter(pk=version.pk).update(manifest={}),
        lambda: SchemeVersion.objects.filter(pk=version.pk).update(state=State.DRAFT),
        lambda: SchemeVersion.objects.get(pk=version.pk).delete(),
        lambda: Scheme.objects.filter(pk=held.pk).update(from_date=date(2027, 1, 1)),
        lambda: SchemeContent.objects.update(digest="x"),
        lambda: SchemeVersion.objects.create(form="zip", state=State.RELEASED),
    ):
        with pytest.raises(DatabaseError), inside(scene):
            change()


def test_a_copy_shares_every_file_that_an_edit_does_not_touch(scene: World) -> None:
    version = imported(scene)
    with inside(scene):
        draft = edits.copy(by=scene.luo, version=version, named="2026-2")
        before = versions.export(draft)
        kept = SchemeContent.objects.count()
        group = next(row.code for rows in versions.package_of(draft).drgs.values() for row in rows)
        edits.edit(by=scene.luo, version=draft, changes={group: {"weight": "7.77", "note": "本地"}})
        draft = SchemeVersion.objects.get(pk=draft.pk)
        after = versions.export(draft)
        assert [name for name in after if after[name] != before[name]] == ["drg.csv"]
        changed = set(after["drg.csv"].split(b"\n")) ^ set(before["drg.csv"].split(b"\n"))
        assert len(changed) == 2 and all(row.split(b",")[2].decode() == group for row in changed)
        assert SchemeContent.objects.count() == kept + 1
        assert {name for name in draft.manifest if draft.manifest[name] == version.manifest[name]} == (
            set(draft.manifest) - {"drg.csv", "scheme.toml"}
        )
        assert draft.digest != version.digest and draft.version == "2026-2"


def test_what_cannot_be_edited_is_refused(scene: World) -> None:
    version = imported(scene)
    with inside(scene):
        for changes, reason in (
            ({"XX99": {"weight": "1"}}, "unknown_drg"),
            ({"ES33": {"weight": "1,5"}}, "bad_weight"),
            ({}, "unchanged"),
        ):
            group = next(row.code for rows in versions.package_of(version).drgs.values() for row in rows)
            asked = {group if code == "ES33" else code: values for code, values in changes.items()}
            with pytest.raises(edits.VersionRefused) as refused:
                edits.edit(by=scene.luo, version=version, changes=asked)
            assert refused.value.reason == reason
        with pytest.raises(edits.VersionRefused):
            edits.copy(by=scene.luo, version=version, named=version.version)
    put_in_force(scene, version, date(2026, 10, 1))
    with inside(scene), pytest.raises(edits.VersionRefused) as refused:
        edits.edit(by=scene.luo, version=version, changes={group: {"weight": "1"}})
    assert refused.value.reason == "not_draft"


def test_what_waits_for_a_second_person_is_not_changed_until_the_proposal_is_withdrawn(scene: World) -> None:
    with inside(scene):
        shipped = SchemeVersion.objects.get(form="shipped")
        draft = edits.copy(by=scene.luo, version=shipped, named="x")
        group = next(row.code for rows in versions.package_of(draft).drgs.values() for row in rows)
        approval = release.propose(by=scene.luo, version=draft, from_date=date(2026, 12, 1), on=ON)
    client, at = browser(scene, "luo"), f"{HOME}/schemes/versions/{draft.pk}"
    refused = client.post(f"{at}/weights/", {f"weight.{group}": "7.77"})
    assert refused.status_code == 400 and "Withdraw the proposal first" in text(refused)
    client.post(f"{at}/discard/")
    send(client, package(**CITY), replaces=str(draft.pk))
    with inside(scene):
        kept = SchemeVersion.objects.get(pk=draft.pk)
        assert (kept.state, kept.digest) == (State.DRAFT, draft.digest)
        approvals.withdraw(by=scene.luo, approval=approval)
        edits.edit(by=scene.luo, version=draft, changes={group: {"weight": "7.77"}})


def test_the_second_person_reads_what_changes_and_which_months_it_touches(scene: World) -> None:
    store(scene, rows(scene))
    with inside(scene):
        shipped = SchemeVersion.objects.get(form="shipped")
        draft = edits.copy(by=scene.luo, version=shipped, named="x")
        group = next(row for rows in versions.package_of(draft).drgs.values() for row in rows)
        draft = edits.edit(by=scene.luo, version=draft, changes={group.code: {"weight": "7.7700"}})
        books.post(scene, books.open_books(scene, Month(2026, 9), Month(2026, 10)), 300, 200, 100)
    client = browser(scene, "luo")
    page = text(client.get(f"{HOME}/schemes/versions/{draft.pk}/"))
    assert "Months with stored cases: September 2026, October 2026." in page
    assert "Already posted, and stay as they are: October 2026." in page
    at = f"{HOME}/schemes/versions/{draft.pk}/propose/"
    after = text(client.post(at, {"hold-from_date": "2026-10-05", "confirmed": "on"}, follow=True))
    stays = "October 2026 already posted stay as they are; their cases are regrouped."
    assert stays in after
    with inside(scene):
        approval = release.waiting(draft)
        assert approval is not None
    page = text(browser(scene, "meng").get(f"{HOME}/approvals/{approval.pk}/"))
    assert stays in page and "Grouped again from this day on: October 2026." in page
    assert group.code in page and f"{group.weight:f}" in page and "7.7700" in page
    assert f"/schemes/compare/{shipped.pk}/{draft.pk}/" in page and "None yet" in page


def test_an_export_imports_as_the_same_bytes(scene: World) -> None:
    version = imported(scene)
    first = browser(scene, "ding").get(f"{HOME}/schemes/versions/{version.pk}/export/zip/").content
    again = imported(scene, first)
    second = browser(scene, "ding").get(f"{HOME}/schemes/versions/{again.pk}/export/zip/").content
    assert first == second and again.digest == version.digest
    answer = browser(scene, "ding").get(f"{HOME}/schemes/versions/{version.pk}/export/xlsx/")
    assert answer.streaming  # the first rows leave before the last are made
    book = b"".join(answer)
    third = imported(scene, book, name="city.xlsx")
    assert browser(scene, "ding").get(f"{HOME}/schemes/versions/{third.pk}/export/zip/").content == first


def test_a_scheme_adopted_before_versions_were_kept_becomes_a_released_version(scene: World) -> None:
    """Adopted as the zip alone: the migration's statement makes its version, the package stays readable."""
    version = imported(scene)
    with inside(scene):
        upload, digest = version.upload, version.digest
        version.findings.all().delete()
        SchemeVersion.objects.filter(pk=version.pk).delete()
        row = Scheme.objects.create(
            code="city_2026", name="本市分组方案", version="1", from_date=date(2026, 10, 1), digest=digest,
            package=upload,
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(sql.TAKE_OVER)
            cursor.execute(sql.TAKE_OVER)
            cursor.execute("select set_config('app.alliance', %s, true)", [str(scene.qinghe.pk)])
        taken = SchemeVersion.objects.get(code="city_2026")
        assert (taken.state, taken.form, taken.manifest) == (State.RELEASED, "zip", {})
        from grouping.services import schemes

        assert schemes.package(row).digest == digest
        assert SchemeVersion.objects.filter(form="shipped").count() == 1
        assert set(versions.export(taken)) >= {"scheme.toml", "drg.csv"}


def test_a_version_put_aside_is_not_listed(scene: World) -> None:
    version = imported(scene)
    client = browser(scene, "luo")
    client.post(f"{HOME}/schemes/versions/{version.pk}/discard/")
    with inside(scene):
        assert SchemeVersion.objects.get(pk=version.pk).state == State.DISCARDED
    assert "city_2026" not in text(client.get(f"{HOME}/schemes/"))
    assert "city_2026" in text(client.get(f"{HOME}/schemes/?view=all"))


def test_the_page_of_a_scheme_shows_where_it_comes_from_and_its_warnings(scene: World) -> None:
    with inside(scene):
        shipped = Scheme.objects.get()
    page = text(browser(scene, "ding").get(f"{HOME}/schemes/{shipped.pk}/"))
    assert "shipped with the product" in page and "illustrative" in page and shipped.digest[:16] in page
    version = imported(scene, package(**CITY, **{"9.8000": ""}))
    put_in_force(scene, version, date(2026, 10, 1))
    with inside(scene):
        city = Scheme.objects.get(code="city_2026")
    warned = text(browser(scene, "su").get(f"{HOME}/schemes/{city.pk}/"))
    assert "has no weight" in warned and "city.zip" in warned


def test_a_copy_of_the_illustration_stays_one(scene: World) -> None:
    with inside(scene):
        shipped = SchemeVersion.objects.get(form="shipped")
        draft = edits.copy(by=scene.luo, version=shipped, named="x")
    put_in_force(scene, draft, date(2026, 10, 1))
    with inside(scene):
        assert Scheme.objects.get(from_date=date(2026, 10, 1)).illustrative


def test_who_may_look_may_not_import_and_who_imports_needs_a_second_to_release(scene: World) -> None:
    client = browser(scene, "ding")
    page = text(client.get(f"{HOME}/schemes/"))
    assert "协同演示分组方案" in page and "Import a grouping scheme" not in page
    assert client.get(f"{HOME}/schemes/import/").status_code == 403
    assert send(client, package(**CITY)).status_code == 403
    version = imported(scene)
    for deed in ("propose", "copy", "discard"):
        assert client.post(f"{HOME}/schemes/versions/{version.pk}/{deed}/").status_code == 403
    assert browser(scene, "lin").get(f"{HOME}/schemes/").status_code == 403


def test_another_alliances_scheme_is_not_there(scene: World) -> None:
    version = imported(scene)
    with inside(scene):
        mine = Scheme.objects.get()
    client = scene.client("shen", HTTP_ACCEPT_LANGUAGE="en")
    assert client.get(f"/a/jiangzhou/schemes/{mine.pk}/").status_code == 404
    assert client.get(f"/a/jiangzhou/schemes/versions/{version.pk}/").status_code == 404
    assert "No grouping scheme yet" in text(client.get("/a/jiangzhou/schemes/"))


def test_every_reason_and_remedy_has_its_chinese() -> None:
    for template in (*REASONS.values(), *REMEDIES.values()):
        with translation.override("zh-hans"):
            assert gettext(template) != template


def test_the_difference_of_two_versions_can_be_read_searched_and_taken_along(scene: World) -> None:
    with inside(scene):
        shipped = SchemeVersion.objects.get(form="shipped")
    city = imported(scene)
    client = browser(scene, "ding")
    at = f"{HOME}/schemes/compare/{shipped.pk}/{city.pk}/"
    page = text(client.get(at))
    assert "3 changes" in page and "0.9999" in page and "+18.2%" in page
    assert "0.9999" in text(client.get(f"{at}?view=weights")) and "0.9999" not in text(
        client.get(f"{at}?q=XX")
    )
    file = b"".join(client.get(f"{at}csv/")).decode()
    assert "0.9999" in file and "18.19" in file
    pick = client.get(f"{HOME}/schemes/versions/{city.pk}/compare/?other={shipped.pk}")
    assert pick["Location"] == at
    few = queries(client, at.removeprefix(f"{HOME}/"))
    other = imported(scene, package(**CITY, **{"9.8000": "1.1", "mcc or cc": "cc"}))
    more = f"schemes/compare/{shipped.pk}/{other.pk}/"
    assert queries(client, more) and queries(client, more) == few
    assert "<del>mcc or </del>" in text(client.get(f"{HOME}/{more}?view=rules"))
