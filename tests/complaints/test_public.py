"""The public pages: nobody signs in, nothing typed is lost, nothing of who sent it is kept."""

from __future__ import annotations

import io
import itertools
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from alliance.models import Attachment, Journal
from alliance.services import files
from alliance.tenancy.scope import act_in
from complaints.models import Complaint, ComplaintFile, ReportFile
from complaints.services import attaching, box, handling, person
from complaints.services.refusals import ComplaintRefused
from tests.complaints import access
from tests.complaints.scene import appoint, at, department, filed
from tests.world import World

_hosts = itertools.count(2)
FORM = "/say/qinghe/complaint/QH01/"


def photo(**more: Any) -> bytes:
    """A small picture as a phone writes it."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG", **more)
    return out.getvalue()


PNG = photo()
TYPED = "上午做了一次心电图，晚上又收了一次。"


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """A test is faster than a person."""
    settings.PUBLIC_FORM_SECONDS = 0


def phone() -> Client:
    """A device of its own address, so that one test does not use up another's turns."""
    number = next(_hosts)
    return Client(REMOTE_ADDR=f"10.77.{number // 250}.{number % 250}", HTTP_ACCEPT_LANGUAGE="zh-hans")


def sheet_of(client: Client, path: str = FORM) -> str:
    """The sheet of the first form of a page."""
    page = client.get(path).content.decode()
    return page.partition('name="sheet" value="')[2].partition('"')[0]


def filled(client: Client, path: str = FORM, **more: Any) -> dict[str, Any]:
    plain = {"text": TYPED, "category": "charge", "filer": "self", "identity": "anonymous"}
    return {**plain, "sheet": sheet_of(client, path), **more}


def sent(client: Client, **more: Any) -> str:
    """The private address of a complaint that was sent."""
    answer = client.post(FORM, filled(client, **more))
    assert answer.status_code == 303, answer.content.decode()
    return answer["Location"].partition("?")[0]


def only(world: World) -> Complaint:
    with act_in(world.qinghe):
        return Complaint.objects.get()


def test_from_the_form_to_the_private_page_and_nothing_of_the_device_is_kept(ready: World) -> None:
    client = phone()
    address = sent(client, files=[SimpleUploadedFile("缴费单.png", PNG)])
    page = client.get(address).content.decode()
    # The link stands before everything else of the page, in a field to select, and as a code.
    field = f'readonly spellcheck="false">http://testserver{address.partition("?")[0]}</textarea>'
    assert field in page and "data:image/svg+xml;base64," in page
    assert page.index(field) < page.index("办理过程")
    row = only(ready)
    assert row.number in page and TYPED in page and "剩" in page
    assert client.cookies == {} and client.get(address)["Referrer-Policy"] == "no-referrer"
    with act_in(ready.qinghe):
        kept = list(Journal.objects.filter(verb__startswith="complaint").values_list("address", "request_id"))
        assert kept == [(None, "")]
        assert Attachment.objects.get().owner is None
        everything = str(Complaint.objects.values().get()) + str(Journal.objects.values_list("detail"))
    assert "10.77." not in everything


def test_a_form_sent_twice_is_one_complaint_and_leads_to_the_same_page(ready: World) -> None:
    client = phone()
    data = filled(client)
    first, second = (client.post(FORM, data)["Location"] for _n in range(2))
    assert first.partition("?")[0] == second.partition("?")[0] and only(ready).number.endswith("-0001")


def test_other_words_of_a_form_sent_twice_are_an_addition_and_the_page_says_so(ready: World) -> None:
    client = phone()
    data = filled(client)
    page = client.get(client.post(FORM, data)["Location"])
    assert "已提交过" not in page.content.decode()
    same = client.get(client.post(FORM, data)["Location"]).content.decode()
    assert "内容相同" in same
    other = {**data, "text": "补充：收费单在我手上"}
    for _again in range(2):  # the addition is one, however often it is sent
        body = client.get(client.post(FORM, other)["Location"]).content.decode()
        assert "作为补充保留" in body and "收费单在我手上" in body and TYPED in body
    row = only(ready)
    with act_in(ready.qinghe):
        assert [one.text for one in row.additions.all()] == ["补充：收费单在我手上"]
        person.withdraw(by=None, complaint=Complaint.objects.get(), now=timezone.now())
    over = client.post(FORM, {**data, "text": "这是另一件事"})
    body = over.content.decode()
    assert over.status_code == 400 and "这是另一件事" in body and row.number in body
    fresh = body.split('name="sheet" value="')[1].split('"')[0]
    assert client.post(FORM, {**data, "text": "这是另一件事", "sheet": fresh}).status_code == 303
    with act_in(ready.qinghe):
        assert Complaint.objects.count() == 2


def test_nothing_typed_is_lost_on_any_refusal(ready: World, settings: Any) -> None:
    client = phone()
    data = filled(client)
    for change in (
        {"category": ""},
        {"name": "龚"},
        {"website": "http://x"},
        {"identity": "named", "phone": "12"},
    ):
        answer = client.post(FORM, {**data, **change})
        assert answer.status_code == 400 and TYPED in answer.content.decode()
    settings.PUBLIC_FORM_SECONDS = 600  # longer than any machine takes to come here
    early = client.post(FORM, data)
    assert early.status_code == 400 and TYPED in early.content.decode()
    settings.PUBLIC_FORM_SECONDS, settings.PUBLIC_FORM_AGE = 0, -1
    old = client.post(FORM, data)
    assert (
        old.status_code == 400 and TYPED in old.content.decode() and data["sheet"] not in old.content.decode()
    )


def test_too_many_from_one_address_wait_and_keep_their_text(ready: World) -> None:
    client = phone()
    data = filled(client)
    answers = [client.post(FORM, data) for _n in range(25)]
    last = answers[-1]
    assert last.status_code == 429 and TYPED in last.content.decode() and int(last["Retry-After"]) > 0
    assert phone().get(FORM).status_code == 200  # another device is not held up
    # What was sent can still be read, by its own limit.
    (link,) = {one["Location"].partition("?")[0] for one in answers if one.status_code == 303}
    assert client.get(FORM).status_code == 429
    assert {client.get(link).status_code for _n in range(30)} == {200}


def test_n41_who_guesses_private_links_is_stopped_and_learns_nothing(ready: World) -> None:
    client = phone()
    answers = [client.get(f"/say/qinghe/complaint/t/{'A' * 31}{n}/") for n in range(24)]
    assert {one.status_code for one in answers} == {404, 429}
    plain = {
        re.sub(rb'nonce="[^"]*"|Token": "[^"]*"|t/A+[0-9]+/|name="csrf[^>]*>', b"", one.content)
        for one in answers
        if one.status_code == 404
    }
    assert len(plain) == 1


def test_n42_a_post_without_our_sheet_is_403_and_next_leads_nowhere(ready: World) -> None:
    client = phone()
    other = sheet_of(client, "/say/qinghe/report/")
    for sheet in ("", "x", other):
        assert client.post(FORM, {**filled(client), "sheet": sheet}).status_code == 403
    answer = client.post(f"{FORM}?next=//evil.example", filled(client))
    assert answer["Location"].startswith("/say/qinghe/complaint/t/")
    address = answer["Location"].partition("?")[0]
    assert client.post(f"{address}withdraw/", {}).status_code == 403
    assert only(ready).state == "received"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.png", b"MZ\x90\x00 a program"), ("macro.xlsm", PNG), ("../../x.csv", b"a,b"),
        ("page.pdf", b"<html>"), ("a.pdf", PNG),
    ],
)  # fmt: skip
def test_n16_a_file_that_is_not_what_its_name_says_is_refused(
    name: str, content: bytes, ready: World
) -> None:
    client = phone()
    answer = client.post(FORM, filled(client, files=[SimpleUploadedFile(name, content)]))
    assert answer.status_code == 400 and TYPED in answer.content.decode()
    with act_in(ready.qinghe):
        assert not Attachment.objects.exists() and not Complaint.objects.exists()


def test_an_anonymous_photo_says_nothing_of_who_took_it(ready: World) -> None:
    written = PngInfo()
    written.add_text("Author", "zhangsan 13800001111")
    taken = photo(pnginfo=written)
    sent(phone(), files=[SimpleUploadedFile("IMG_zhangsan_13800001111.png", taken)])
    with act_in(ready.qinghe):
        stored = Attachment.objects.get()
        content = b"".join(files.read(stored))
    assert stored.shown_name == "1.png" and b"zhangsan" in taken
    assert b"zhangsan" not in content and Image.open(io.BytesIO(content)).size == (8, 8)


def test_an_anonymous_pdf_is_refused_with_its_remedy_for_it_keeps_its_author(ready: World) -> None:
    written = b"%PDF-1.4\n1 0 obj<</Author (Wang)>>endobj\ntrailer<</Info 1 0 R>>\n%%EOF"
    pdf = lambda: [SimpleUploadedFile("a.pdf", written)]  # noqa: E731
    client = phone()
    assert "匿名时只收照片或截屏" in client.get(FORM).content.decode()
    answer = client.post(FORM, filled(client, files=pdf()))
    body = answer.content.decode()
    assert answer.status_code == 400 and "匿名时不收 PDF" in body and "截屏" in body and TYPED in body
    address = sent(client)
    assert "只收照片或截屏" in client.get(address).content.decode()
    data = {"sheet": sheet_of(client, address), "text": "还有一张单子", "files": pdf()}
    answer = client.post(f"{address}add/", data)
    assert answer.status_code == 400 and "还有一张单子" in answer.content.decode()
    box_, path = phone(), "/say/qinghe/report/"
    assert "匿名时只收照片或截屏" in box_.get(path).content.decode()
    report = {"place": "QH01", "text": "虚假住院", "identity": "anonymous", "sheet": sheet_of(box_, path)}
    answer = box_.post(path, {**report, "files": pdf()})
    assert answer.status_code == 400 and "虚假住院" in answer.content.decode()
    with act_in(ready.qinghe):
        assert not Attachment.objects.exists() and Complaint.objects.count() == 1
    # Who gives a name is told that a PDF keeps its own, and may send it.
    assert "PDF 自带的信息" in client.get(FORM).content.decode()
    sent(phone(), identity="named", name="龚国良", files=pdf())


def test_the_services_and_the_database_refuse_an_anonymous_pdf_too(ready: World) -> None:
    now = timezone.now()
    with act_in(ready.qinghe):
        upload = files.Upload("a.pdf", [b"%PDF-1.4"], "application/pdf", 99)
        row = filed(ready.lead, now)
        with pytest.raises(ComplaintRefused, match="screenshot"):
            attaching.attach(by=None, complaint=row, uploads=[upload], now=now)
        said = {"institution": ready.lead, "text": "虚假住院", "now": now}
        with pytest.raises(ComplaintRefused, match="screenshot"):
            box.file(mark="a", uploads=[upload], **said)
        kept = box.file(mark="b", **said)
        stored = files.store(
            by=None, name="a", content=[b"%PDF-1.4"], purpose="said", content_type="application/pdf", limit=99
        )
        with pytest.raises(IntegrityError, match="photos only"), transaction.atomic():
            ComplaintFile.objects.create(complaint=row, attachment=stored, at=now)
        report = box.of_link(kept.secret)
        with pytest.raises(IntegrityError, match="photos only"), box._open(f"k:{report.link_hash}"):
            ReportFile.objects.create(report=report, attachment=stored)


def test_a_click_on_an_old_page_says_that_it_did_nothing_and_leads_back(ready: World) -> None:
    client = phone()
    address = sent(client)
    with act_in(ready.qinghe):
        row = only(ready)
        row = handling.answer(by=ready.kong, complaint=row, text="一", now=row.received_at)
        handling.resolve(by=ready.kong, complaint=row, text="二", verdict="true", now=row.received_at)
    data = {"sheet": sheet_of(client, address)}
    assert client.post(f"{address}reopen/", {**data, "text": "没收到钱"}).status_code == 303
    late = client.post(f"{address}solved/", data)
    body = late.content.decode()
    assert late.status_code == 409 and "没有生效" in body and f'href="{address}?lang=' in body
    late = client.post(f"{address}reopen/", {**data, "text": "又写了一段"})
    assert late.status_code in (400, 409) and "没有生效" in late.content.decode()
    assert "又写了一段" in late.content.decode() and only(ready).round == 2


def test_n16_the_stored_name_is_random(ready: World) -> None:
    sent(phone(), files=[SimpleUploadedFile("../../etc/x.png", PNG)])
    with act_in(ready.qinghe):
        stored = Attachment.objects.get()
    assert len(stored.stored_name) == 32 and "/" not in stored.shown_name


def test_n7_a_file_the_public_sent_is_nobodys_own_and_other_houses_get_404(ready: World) -> None:
    sent(phone(), files=[SimpleUploadedFile("a.png", PNG)])
    row = only(ready)
    with act_in(ready.qinghe):
        stored, held = Attachment.objects.get(), row.files.get()
    for who in ("kong", "luo", "lin"):
        assert ready.client(who).get(f"/a/qinghe/files/{stored.pk}/").status_code == 404
    path = f"/a/qinghe/complaints/{row.pk}/files/{held.pk}/"
    answer = ready.client("kong").get(path)
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert ready.client("gu").get(path).status_code == 404  # another department's
    assert ready.client("qiao").get(path.replace("qinghe", "jiangzhou")).status_code == 404


@contextmanager
def full_disk() -> Iterator[None]:
    """A disk on which no file can grow beyond a few bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_n40_a_full_disk_is_said_keeps_the_text_and_leaves_nothing_half(ready: World, settings: Any) -> None:
    client = phone()
    data = filled(client, files=[SimpleUploadedFile("a.png", PNG)])
    with full_disk():
        answer = client.post(FORM, data)
    assert answer.status_code == 503 and TYPED in answer.content.decode()
    with act_in(ready.qinghe):
        assert not Complaint.objects.exists() and not Attachment.objects.exists()
    assert client.post(FORM, {**data, "files": [SimpleUploadedFile("a.png", PNG)]}).status_code == 303


def test_answered_not_solved_answered_solved(ready: World) -> None:
    client = phone()
    address = sent(client)
    row = only(ready)
    now = row.received_at
    with act_in(ready.qinghe):
        row = handling.assign(by=ready.kong, complaint=row, departments=[department(ready.lead)], now=now)
        row = handling.answer(by=ready.gu, complaint=row, text="正在查", now=now)
        handling.resolve(by=ready.gu, complaint=row, text="已退费", verdict="true", now=now)
    page = client.get(address).content.decode()
    assert "已退费" in page and "真的解决了吗" in page and "顾一苇" not in page
    sheet = sheet_of(client, address)
    assert client.post(f"{address}reopen/", {"sheet": sheet, "text": ""}).status_code == 400
    assert client.post(f"{address}reopen/", {"sheet": sheet, "text": "没收到钱"}).status_code == 303
    assert only(ready).round == 2 and "没收到钱" in client.get(address).content.decode()
    with act_in(ready.qinghe):
        again = only(ready)
        handling.resolve(by=ready.gu, complaint=again, text="已到账", verdict="true", now=again.reopened_at)
    assert client.post(f"{address}solved/", {"sheet": sheet_of(client, address)}).status_code == 303
    assert only(ready).solved is True and "已到账" in client.get(address).content.decode()


def test_what_the_house_writes_to_its_departments_stays_in_the_house(ready: World) -> None:
    client = phone()
    address = sent(client)
    row = only(ready)
    with act_in(ready.qinghe):
        for note in ("请内科补充", "改请财务科核实"):  # given, then handed over
            row = handling.assign(
                by=ready.kong,
                complaint=row,
                departments=[department(ready.lead)],
                now=row.received_at,
                note=note,
            )
        row = handling.answer(by=ready.gu, complaint=row, text="正在查", now=row.received_at)
        row = handling.resolve(by=ready.gu, complaint=row, text="已退费", verdict="true", now=row.received_at)
        person.reopen(by=ready.kong, complaint=row, reason="家属来电，内部口径", now=row.received_at)
    page = client.get(address).content.decode()
    assert page.count("转科室") == 2 and "重新" in page
    assert not any(said in page for said in ("请内科补充", "改请财务科核实", "内部口径"))


def test_additions_and_withdrawal(ready: World) -> None:
    client = phone()
    address = sent(client)
    data = {
        "sheet": sheet_of(client, address),
        "text": "还有一张单子",
        "files": [SimpleUploadedFile("b.png", PNG)],
    }
    assert client.post(f"{address}add/", data).status_code == 303
    assert "还有一张单子" in client.get(address).content.decode()
    assert client.post(f"{address}withdraw/", {"sheet": sheet_of(client, address)}).status_code == 303
    row = only(ready)
    with act_in(ready.qinghe):
        assert row.state == "withdrawn" and row.files.count() == 1
    assert client.post(f"{address}withdraw/", {"sheet": data["sheet"]}).status_code == 409


def test_a_report_goes_into_the_box_and_its_page_says_how_far_it_is(ready: World) -> None:
    client, path = phone(), "/say/qinghe/report/"
    data = {"place": "QH01", "text": "虚假住院", "identity": "anonymous", "sheet": sheet_of(client, path)}
    answer = client.post(path, {**data, "files": [SimpleUploadedFile("名单.png", PNG)]})
    assert answer.status_code == 303
    address = answer["Location"].partition("?")[0]
    assert "JB-" in client.get(address).content.decode()
    assert client.post(address, {"sheet": sheet_of(client, address), "text": "还有"}).status_code == 303
    with act_in(ready.qinghe):
        appoint(ready, ready.ji)
        pk = box.listed(by=ready.ji)[0].pk
        _row, events, _files = box.read(by=ready.ji, pk=pk, now=at("2026-11-12 09:00"))
        assert [one.note for one in events if one.what == "added"] == ["还有"]
        assert not Journal.objects.exclude(verb="").filter(verb__contains="report").exists()


def test_an_alliance_or_institution_that_is_not_there_is_404(ready: World) -> None:
    client = phone()
    paths = ("/say/nowhere/complaint/", "/say/qinghe/complaint/JZ01/", "/say/jiangzhou/complaint/QH01/")
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    assert client.get("/say/qinghe/complaint/").status_code == 200


def test_a_pdf_an_anonymous_person_sent_before_it_was_refused_is_handed_out_to_nobody(ready: World) -> None:
    """What lay there before the database refused it could still be fetched, with who wrote it inside."""
    sent(phone(), files=[SimpleUploadedFile("a.png", PNG)])
    row = only(ready)
    with act_in(ready.qinghe):
        held = row.files.get()
        appoint(ready, ready.ji)
        sealed = box.file(
            institution=ready.lead, text="虚假住院", mark="h", now=timezone.now(), uploads=[access.photo()]
        )
        report = box.of_link(sealed.secret)
        Attachment.objects.update(content_type="application/pdf", shown_name="龚国良的材料.pdf")
        with box._open(f"k:{report.link_hash}"):
            kept = report.files.get().pk
    path = f"/a/qinghe/complaints/{row.pk}/"
    opened = f"/a/qinghe/complaints/box/{report.pk}/"
    for who, page, file in (("kong", path, held.pk), ("ji", opened, kept)):
        client = ready.client(who, HTTP_ACCEPT_LANGUAGE="en")
        body = client.get(page).content.decode()
        assert "is held back: it keeps who wrote it" in body and "龚国良" not in body
        answer = client.get(f"{page}files/{file}/")
        assert answer.status_code == 403 and "is held back" in answer.content.decode()
