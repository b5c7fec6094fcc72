"""The journal in words: deeds, details, things by the names people know, linked where they may be opened."""

from __future__ import annotations

import ast
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.urls import get_resolver
from django.utils import translation

from alliance.ledger import tables as ledger
from alliance.services import jobs, journal
from alliance.tenancy.scope import act_in
from alliance.web import journal_objects, journal_words
from tests.world import World

ROOT = Path(settings.BASE_DIR)
ROOMS = ("alliance", "grouping", "referrals", "complaints", "performance")


def test_every_kind_is_a_model_with_its_page_and_its_field() -> None:
    pages = get_resolver(settings.ALLIANCE_URLCONF).reverse_dict
    for label, kind in journal_objects.kinds().items():
        model = apps.get_model(label)
        assert not kind.page or kind.page in pages, label
        for field in (kind.by, kind.name):
            name = field.split("__")[0]
            assert name in ("", "pk") or model._meta.get_field(name)


def deeds() -> set[str]:
    """Every deed the code names outright."""
    found = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.keyword)
                    and node.arg == "verb"
                    and isinstance(node.value, ast.Constant)
                ):
                    found.add(str(node.value.value))
    return found


def test_every_deed_has_its_chinese() -> None:
    assert len(deeds()) > 120
    with translation.override("zh-hans"):
        raw = {verb for verb in deeds() if not any(ord(letter) > 127 for letter in journal_words.deed(verb))}
    assert not raw


def test_details_are_words_and_empty_ones_are_silent() -> None:
    detail = {
        "list": "case", "fact": "cost_fen", "month": "2026-10", "conditions": [], "sha256": "ab",
        "fen": 12_345, "took_good": True,
    }  # fmt: skip
    with translation.override("zh-hans"):
        text = journal_words.detail_text(detail)
        assert text == "数据项 住院总费用（元）；金额 123.45 元；名单 病例；月份 2026-10；只收正确行 是"
        assert journal_words.detail_text({"figure": "mean_cost_fen"}).startswith("指标 ")
        assert "mean_cost_fen" not in journal_words.detail_text({"figure": "mean_cost_fen"})
    with translation.override("en"):
        assert journal_words.detail_text({"list": "work-queue"}) == "list work-queue"
        assert journal_words.detail_text({}) == "—"


def test_an_entry_names_its_thing_and_links_it_for_who_may_open_it(world: World) -> None:
    with act_in(world.qinghe), transaction.atomic():
        job = jobs.enqueue(by=world.su, kind="journal.verify", dedupe="x", arguments={})
        journal.write(by=world.su, verb="job.queued", about=job)
        journal.write(by=world.su, verb="institution.changed", about=world.lead)
    page = world.client("su", HTTP_ACCEPT_LANGUAGE="zh-hans").get("/a/qinghe/journal/").content.decode()
    assert f'<a href="/a/qinghe/jobs/{job.pk}/">后台任务 {job.pk}</a>' in page
    assert "机构 清河县人民医院" in page and "alliance.institution" not in page
    with act_in(world.qinghe), transaction.atomic():
        found = journal_objects.named([("alliance.job", job.pk)], world.wu)
    assert found["alliance.job", job.pk].url == ""


def test_reasons_of_entries_are_words() -> None:
    reason = {"rule": "share", "basis_fen": 118_029_900, "quota": "15.3", "got_extra_fen": False}
    told = ["按权重分享基金池", "基数（元） 1,180,299.00", "精确份额（分） 15.3", "按最大余数多得 1 分 否"]
    with translation.override("zh-hans"):
        assert ledger.reason_text(reason) == " · ".join(told)
        assert "pool" not in ledger.reason_text({"rule": "pool", "settlement": 1})
