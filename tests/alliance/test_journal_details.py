"""The journal speaks the reader's language: every detail a deed keeps, and the kind of what was denied."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.test import override_settings
from django.utils import translation
from django.utils.translation import pgettext

from alliance.models import Attachment, Journal
from alliance.services import files
from alliance.tenancy.scope import act_in
from alliance.web.journal_objects import named, of_page
from alliance.web.journal_words import SILENT, detail_text
from tests.world import World

ROOT = Path(__file__).parents[2]
APPS = ("alliance", "grouping", "referrals", "complaints", "performance")
NO_DETAIL = {"by", "verb", "about", "result", "request", "user"}


def details() -> Iterator[tuple[str, Path]]:
    """Every detail that a call of the journal names, with the file."""
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("journal.write", "journal.read"):
                yield from ((one.arg, path) for one in node.keywords if one.arg and one.arg not in NO_DETAIL)


def test_every_detail_of_the_journal_has_its_chinese() -> None:
    with translation.override("zh-hans"):
        missing = {
            (name, str(path.relative_to(ROOT)))
            for name, path in details()
            if name not in SILENT and pgettext("journal detail", name) == name
        }
        purposes = [one for one in Attachment.Purpose.values if pgettext("journal value", one) == one]
    assert not missing and not purposes


def test_what_was_denied_is_named_by_its_kind() -> None:
    with translation.override("zh-hans"):
        assert of_page("complaint") == of_page("complaint-act") == of_page("api:complaint-answer") == "投诉"
        assert of_page("no-such-page") == "no-such-page"
        said = detail_text({"status": 404, "address": "/complaints/7/", "object": "complaint"})
    assert "对象 投诉" in said and "地址 /complaints/7/" in said


def test_a_denial_keeps_its_address_and_no_secret(world: World) -> None:
    secret = "abcdefghijklmnopqrstuvwxyz0123456789"
    world.client("lin").get(f"/a/qinghe/complaints/slip/{secret}/?q={secret}")
    with act_in(world.qinghe):
        entry = Journal.objects.get(verb="request.denied")
    assert entry.detail["address"] == "/complaints/slip/…/" and secret not in str(entry.detail)
    assert entry.detail["object"] == "complaint-slip"


def test_a_file_is_named_by_its_random_name_and_never_by_its_number(world: World, tmp_path: Path) -> None:
    """A gap among running numbers would say that something lies in the sealed box."""
    with override_settings(MEDIA_ROOT=tmp_path), act_in(world.qinghe):
        row = files.store(
            by=None, name="1.pdf", content=[b"%PDF-1.4"], purpose=Attachment.Purpose.SAID,
            content_type="application/pdf", limit=99,
        )  # fmt: skip
        shown = named([("alliance.attachment", row.pk)], world.luo)["alliance.attachment", row.pk]
    assert shown.text.endswith(row.stored_name) and not shown.url
