"""Commitment letters: drafted, signed, judged; a deduction is proposed and decided by a vote (S3-31)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import override_settings
from django.utils import timezone

from alliance.approvals import errors
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.lib.intervals import wilson
from alliance.lib.period import Month
from alliance.models.base import Stale
from performance.consequences import measures, show_signing
from performance.consequences.measures import Clock
from performance.consequences.refusals import ConsequenceRefused, LetterRefused
from performance.consequences.services import assessing, letters, proposals, templates
from performance.consequences.waiting import waiting
from performance.engine.commitments import (
    Measured,
    Promise,
    PromiseRefused,
    Rule,
    deduction,
    judge,
    measure,
    total,
)
from performance.engine.spans import Span
from performance.models import Consequence, Letter, LetterPromise
from tests.performance.declared_scene import PDF, confirmed, entry, upload
from tests.performance.letters_scene import AFTER, JANUARY, KEPT, deliver, drafted, head_of_shiqiao, in_force
from tests.performance.scene import inside
from tests.world import World

RULE = Rule(Decimal(5), Decimal(10), Decimal(90))


# The engine ----------------------------------------------------------------------
def test_a_breach_deducts_by_how_far_it_stayed_below() -> None:
    assert deduction(Fraction(90), Decimal(8), RULE) == 5  # exactly on the line of partial fulfilment
    assert deduction(Fraction(8999, 100), Decimal(8), RULE) == 8
    assert total([Decimal(6), None, Decimal(5)], RULE) == 10 and total([None], RULE) is None
    assert total([Decimal(5), None], RULE) == 5


def test_what_is_missing_is_asked_for_and_never_broken() -> None:
    visits = measures.indicators()["expert_visits"]
    months = [Month(2025, number) for number in range(1, 13)]
    due = {"posting_visits": months}
    promise = Promise("expert_visits", "indicator", Decimal(5), target=Decimal(200))

    def found(values: dict[int, int], over: bool = True) -> Any:
        table = {(Month(2025, month), "posting_visits"): value for month, value in values.items()}
        shown = {"posting_visits": months if over else months[:6]}
        measured = measure(visits, table, shown)
        return judge(promise, measured, RULE, adds_up=True, elapsed=12 if over else 6, weeks=52, over=over)

    every = dict.fromkeys(range(1, 13), 16)  # 192 of 200: 96 %
    assert found(every).standing == "broken" and found(every).fulfilment == 96
    assert found(every).deduction == 5
    gap = dict.fromkeys(range(1, 12), 16)
    assert found(gap).standing == "unknown" and found(gap).deduction is None
    assert found({**gap, 1: 40}).standing == "met"  # 200 without the missing month: nothing can break it
    half = dict.fromkeys(range(1, 7), 17)  # 102 in six months: 204 in the year
    assert found(half, over=False).standing == "on_track" and found(half, over=False).forecast == 204
    assert found(dict.fromkeys(range(1, 7), 16), over=False).standing == "at_risk"
    assert found({}, over=False).standing == "unknown"
    weekly = replace(promise, target=Decimal(4), per="week")
    whole = Measured(Fraction(208), 208, None, (), 12)
    assert judge(weekly, whole, RULE, adds_up=True, elapsed=12, weeks=52, over=True).standing == "met"
    short = Measured(Fraction(207), 207, None, (), 12)
    assert judge(weekly, short, RULE, adds_up=True, elapsed=12, weeks=52, over=True).standing == "broken"
    assert due


# The letter ----------------------------------------------------------------------
@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """Shiqiao with a head who may sign, and the ready templates from 2025 on."""
    world.people["head"] = head_of_shiqiao(world)
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        templates.install(by=world.luo, year=2025, now=JANUARY)
        yield world


def test_a_letter_takes_the_template_of_its_kind_with_the_targets_of_its_day(house: World) -> None:
    assert templates.install(by=house.luo, year=2026, now=JANUARY) == 0
    letter = letters.draft(by=house.luo, institution=house.shiqiao, year=2025, now=JANUARY)
    lines = {line.code: (line.target, line.share) for line in letters.lines_of(letter)}
    assert lines == {"common_kept": (30, 5), "recognition_rate": (80, 5)}
    with pytest.raises(LetterRefused, match="has a letter of 2025"):
        letters.draft(by=house.luo, institution=house.shiqiao, year=2025, now=JANUARY)
    with pytest.raises(LetterRefused, match="No template of 2024"):
        letters.draft(by=house.luo, institution=house.lead, year=2024, now=JANUARY)
    with pytest.raises(PermissionDenied):
        letters.draft(by=house.kong, institution=house.lead, year=2025, now=JANUARY)
    lead = letters.draft(by=house.luo, institution=house.lead, year=2025, now=JANUARY)
    assert [(one.per, one.target) for one in letters.lines_of(lead)][:2] == [("year", 200), ("week", 4)]
    later = templates.decide(
        by=house.luo, template=letter.template, from_year=2026, promises=[replace(KEPT, target=None,
        target_key="cp.common_disease_kept_min")], decided_by="理事会 2025-12", now=JANUARY,
    )  # fmt: skip
    assert templates.fitting(house.shiqiao, 2026) == later
    assert templates.fitting(house.shiqiao, 2025) == letter.template


def test_a_deduction_lies_in_the_band_of_the_parameter_in_code_and_database(house: World) -> None:
    letter = letters.draft(by=house.luo, institution=house.shiqiao, year=2025, now=JANUARY)
    for share in ("4.99", "10.01"):
        with pytest.raises(PromiseRefused, match="outside 5 to 10"):
            letters.change(by=house.luo, letter=letter, promises=[replace(KEPT, share=Decimal(share))])
    for share in ("5", "10"):
        letter = letters.change(by=house.luo, letter=letter, promises=[replace(KEPT, share=Decimal(share))])
    row = letters.lines_of(letter)[0]
    row.pk, row._state.adding, row.place, row.code, row.share = None, True, 9, "x", Decimal(11)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        LetterPromise.objects.filter(letter=letter).update(share=6)
    with pytest.raises(PromiseRefused, match="twice"):
        letters.change(by=house.luo, letter=letter, promises=[KEPT, KEPT])
    with pytest.raises(PromiseRefused, match="at least one"):
        letters.change(by=house.luo, letter=letter, promises=[])
    with pytest.raises(PromiseRefused, match="cannot be promised"):
        letters.change(by=house.luo, letter=letter, promises=[replace(KEPT, code="two_way_referral")])


def test_the_legal_representative_signs_what_was_read(house: World) -> None:
    letter = letters.offer(by=house.luo, letter=drafted(house), now=JANUARY)
    with pytest.raises(PermissionDenied):
        letters.sign(by=house.han, letter=letter, name=house.shiqiao.name, seen=letter.digest, now=JANUARY)
    with pytest.raises(LetterRefused, match="full name"):
        letters.sign(by=house.head, letter=letter, name="石桥", seen=letter.digest, now=JANUARY)
    with pytest.raises(LetterRefused, match="changed after"):
        letters.sign(by=house.head, letter=letter, name=house.shiqiao.name, seen="x", now=JANUARY)
    signed = letters.sign(
        by=house.head, letter=letter, name=house.shiqiao.name, seen=letter.digest, now=JANUARY
    )
    assert (signed.state, signed.signed_name) == ("signed", "何院长")
    with pytest.raises(Stale):
        letters.sign(by=house.head, letter=letter, name=house.shiqiao.name, seen=letter.digest, now=JANUARY)
    with pytest.raises(DatabaseError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(state="draft")


def test_paper_is_entered_by_one_and_checked_by_another(house: World) -> None:
    letter = letters.offer(by=house.luo, letter=drafted(house), now=JANUARY)
    said: dict[str, Any] = {
        "document": "石卫〔2025〕3号", "signed_on": date(2025, 1, 8), "signed_name": "何院长",
    }  # fmt: skip
    with pytest.raises(LetterRefused, match="Add the scan"):
        letters.enter_paper(by=house.luo, letter=letter, scan=None, **said)
    letter = letters.enter_paper(by=house.luo, letter=letter, scan=upload(), **said)
    with pytest.raises(LetterRefused, match="two different people"):
        letters.check_paper(by=house.luo, letter=letter, now=JANUARY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(checked_by=house.luo)
    letter = letters.refuse_paper(by=house.meng, letter=letter, why="缺公章")
    letter = letters.enter_paper(by=house.luo, letter=letter, scan=upload(), **said)
    letter = letters.check_paper(by=house.meng, letter=letter, now=JANUARY)
    assert (letter.state, letter.way, letter.scan is not None) == ("signed", "paper", True) and PDF


def test_a_broken_promise_proposes_a_deduction_that_a_vote_decides(house: World) -> None:
    letter = in_force(house)
    with pytest.raises(LetterRefused, match="is not over"):
        assessing.assess(by=house.luo, letter=letter, now=JANUARY)
    deliver(house, 24, range(1, 12))
    with pytest.raises(LetterRefused, match="Not known yet"):
        assessing.assess(by=house.luo, letter=letter, now=AFTER)
    assert assessing.look(now=AFTER).opened == 0 and not Consequence.objects.exists()
    letter.refresh_from_db()
    assert letter.state == "in_force" and [one["standing"] for one in letter.progress] == ["unknown"]
    deliver(house, 24, range(12, 13))
    assessing.look(now=AFTER)  # 24 of 30 is 80 %: the letter's own 6 %
    row = Consequence.objects.named().get()
    assert (row.kind, row.percent, row.base_fen, row.fen, row.state) == ("commitment", 6, None, None, "open")
    assert row.figures["promises"][0]["fulfilment"] == "80.0000"
    assessing.look(now=AFTER)
    assert Consequence.objects.count() == 1  # the same finding is never opened twice
    with pytest.raises(DatabaseError), transaction.atomic():
        Consequence.objects.filter(pk=row.pk).update(percent=Decimal("4.99"), reduced_why="x")
    row = proposals.propose(by=house.luo, row=row, chain="two_people", today=date(2026, 1, 9))
    assert row.approval is not None
    with pytest.raises(errors.NotYours):
        approvals.decide(by=house.luo, approval=row.approval, verdict="yes")
    approvals.decide(by=house.cai, approval=row.approval, verdict="yes")
    row.refresh_from_db()
    letter.refresh_from_db()
    assert (row.state, row.decided_by, letter.state) == ("agreed", house.cai, "settled")
    for change in ({"state": "declined"}, {"state": "proposed"}, {"decided_by": house.luo}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Consequence.objects.filter(pk=row.pk).update(**change)
    # Decided stays decided; what changed since stands beside it.
    correct(house, 27)
    assessing.look(now=AFTER)
    row.refresh_from_db()
    assert (row.state, row.percent) == ("agreed", 6) and Decimal(row.since["percent"]) == 5
    assert Consequence.objects.count() == 1


def test_a_share_missed_within_chance_deducts_nothing_and_says_so(house: World) -> None:
    """Definitions, general: penalties only when the interval excludes the target."""
    letter = in_force(house)
    deliver(house, 29)  # 348 of 1,200: 29.0 %, by Wilson 26.5 to 31.6 %, which holds the target of 30
    letter = assessing.assess(by=house.luo, letter=letter, now=AFTER)
    (line,) = letter.outcome
    assert (line["standing"], line["deduction"], line["interval"]) == ("within", None, ["26.5029", "31.6311"])
    assert letter.state == "settled" and not Consequence.objects.exists()
    correct(house, 27)  # 26.4 to 29.6 %: beyond chance
    assert assessing.look(now=AFTER) == proposals.Reviewed(1, 0, 0)
    assert Consequence.objects.get().percent == 5


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, "0", "0.2775"), (81, 263, "0.2553", "0.3662"), (10, 10, "0.7225", "1")],
)
def test_the_interval_is_wilson_s(part: int, whole: int, low: str, high: str) -> None:
    """The figures of Newcombe (Statistics in Medicine 1998; 17: 857-872), method 3."""
    found = wilson(part, whole, Decimal(95))
    assert [round(end, 4) for end in found] == [float(low), float(high)]


def correct(world: World, kept: int) -> None:
    given = [entry(world.shiqiao, "common_disease_kept", kept, Span(Month(2025, n))) for n in range(1, 13)]
    confirmed(world, *given, by="luo", second="meng", now=AFTER)


def test_figures_that_change_before_the_decision_withdraw_the_proposal(house: World) -> None:
    letter = in_force(house)
    deliver(house, 24)
    assessing.assess(by=house.luo, letter=letter, now=AFTER)
    row = proposals.propose(
        by=house.luo, row=Consequence.objects.named().get(), chain="two_people", today=date(2026, 1, 9)
    )
    correct(house, 27)  # 27 of 30 is 90 %: exactly the line of partial fulfilment
    assert assessing.look(now=AFTER) == proposals.Reviewed(1, 1, 0)
    row.refresh_from_db()
    assert row.state == "withdrawn" and row.approval is not None
    assert Approval.objects.get(pk=row.approval_id).state == "withdrawn"
    fresh = Consequence.objects.exclude(pk=row.pk).get()
    assert (fresh.state, fresh.percent) == ("open", 5)
    correct(house, 30)
    assert assessing.look(now=AFTER) == proposals.Reviewed(0, 1, 0)
    letter.refresh_from_db()
    assert letter.state == "settled"


def test_a_council_may_reduce_with_a_reason_and_who_reduces_does_not_decide_alone(house: World) -> None:
    in_force(house, replace(KEPT, share=Decimal(8)))
    deliver(house, 24)
    assessing.look(now=AFTER)
    row = Consequence.objects.named().get()
    today = date(2026, 1, 9)
    with pytest.raises(ConsequenceRefused, match="Say why"):
        proposals.reduce(by=house.luo, row=row, percent=Decimal(6), why=" ", today=today)
    for percent in ("4.99", "8.01"):
        with pytest.raises(ConsequenceRefused, match="between 5 and 8"):
            proposals.reduce(by=house.luo, row=row, percent=Decimal(percent), why="洪灾", today=today)
    row = proposals.propose(by=house.luo, row=row, chain="two_people", today=today)
    first = row.approval
    row = proposals.reduce(
        by=house.meng, row=Consequence.objects.named().get(), percent=Decimal(5), why="洪灾停诊", today=today
    )
    assert first is not None and Approval.objects.get(pk=first.pk).state == "withdrawn"
    assert (row.percent, row.found_percent, row.state) == (5, 8, "proposed")
    with pytest.raises(errors.NotYours):
        approvals.decide(by=house.meng, approval=row.approval, verdict="yes")
    approvals.decide(by=house.luo, approval=row.approval, verdict="no", note="不减")
    row.refresh_from_db()
    assert row.state == "declined" and Letter.objects.get().state == "settled"


def test_kept_letters_are_facts_of_the_year(house: World) -> None:
    in_force(house)
    deliver(house, 30)
    assessing.look(now=AFTER)
    assert Letter.objects.get().state == "settled" and not Consequence.objects.exists()
    codes = ["QH11", "QH01"]
    known = measures.read(codes, ["commitments", "commitments_kept"], [Month(2025, 12), Month(2025, 11)])
    assert known == {("QH11", Month(2025, 12), key): 1 for key in ("commitments", "commitments_kept")}


def single(world: World) -> list[Any]:
    """What waits for the office about single letters, without the line that counts the unsigned ones."""
    return [one for one in waiting(world.luo, JANUARY) if "/year/" not in one.url]


@pytest.mark.urls("config.alliance_urls")
def test_the_year_waits_for_who_can_act(house: World) -> None:
    letter = letters.offer(by=house.luo, letter=drafted(house), now=JANUARY)
    assert [todo.button for todo in waiting(house.head, JANUARY)]
    assert waiting(house.kong, JANUARY) == [] and single(house) == []
    letters.sign(by=house.head, letter=letter, name=house.shiqiao.name, seen=letter.digest, now=JANUARY)
    assert len(single(house)) == 1
    assert Clock.at(2025, date(2025, 12, 31)).over is False and Clock.at(2025, date(2026, 1, 1)).over


def test_the_pages_of_letters(world: World, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    world.people["head"] = head_of_shiqiao(world)
    with time_machine.travel(AFTER, tick=False):
        office, head, other = world.client("luo"), world.client("head"), world.client("kong")
        office.post("/a/qinghe/letters/templates/take/")
        begun = {"year": "2026", "institutions": [str(world.shiqiao.pk)]}
        assert office.post("/a/qinghe/letters/begin/", begun).status_code == 302
        assert "已有" in office.post("/a/qinghe/letters/begin/", begun).content.decode()
        with inside(world):
            letter = Letter.objects.get()
        url = f"/a/qinghe/letters/{letter.pk}/"
        assert head.get(url).status_code == 404  # a draft is the office's own
        refused = office.post(
            f"{url}edit/?version=1", {"measure_0": "indicator:common_kept", "target_0": "35",
                                      "per_0": "year", "share_0": "12"},
        )  # fmt: skip
        assert refused.status_code == 400 and "35" in refused.content.decode()
        assert office.post(f"{url}offer/?version=1").status_code == 302
        assert office.post(f"{url}offer/?version=1").status_code == 409
        assert world.shiqiao.name in head.get(f"{url}print/").content.decode()
        page = head.get(url)
        assert "留治率" in page.content.decode() and other.get(url).status_code == 404
        assert head.post(f"{url}sign/?version=2", {"name": "x", "seen": "x"}).status_code == 400
        with inside(world):
            letter.refresh_from_db()
        signed = {"name": world.shiqiao.name, "seen": letter.digest}
        assert other.post(f"{url}sign/?version=2", signed).status_code == 404
        assert head.post(f"{url}sign/?version=2", signed).status_code == 302
        assert office.post(f"{url}countersign/?version=3").status_code == 302
        shown = office.get(url).content.decode()
        assert "生效" in shown or "in force" in shown
        assert office.get("/a/qinghe/letters/").status_code == 200
        assert head.get("/a/qinghe/consequences/").status_code == 200
        assert world.client("zhao").get("/a/qinghe/consequences/").status_code == 403


def test_a_page_says_who_has_signed_and_who_has_not_and_the_inbox_of_the_office_reminds(
    house: World,
) -> None:
    in_force(house)
    obliged = show_signing.obliged(2025)
    assert house.shiqiao in obliged and show_signing.unsigned(2025) == len(obliged) - 1
    with override_settings(ROOT_URLCONF="config.alliance_urls"):
        rows = show_signing.rows(2025, house.luo)
        assert [one.signed for one in rows] == [False] * (len(obliged) - 1) + [True]
        assert [one.place for one in show_signing.rows(2025, house.head)] == [house.shiqiao]
    with time_machine.travel(datetime(2025, 3, 1, 2, tzinfo=UTC), tick=False):
        with override_settings(ROOT_URLCONF="config.alliance_urls"):
            found = [one for one in waiting(house.luo, timezone.now()) if one.url.endswith("/year/2025/")]
        assert [one.count for one in found] == [len(obliged) - 1]
        page = house.client("luo").get("/a/qinghe/letters/year/2025/", HTTP_ACCEPT_LANGUAGE="zh-hans")
        assert page.status_code == 200 and "何院长" in page.content.decode()
        assert house.client("luo").get("/a/qinghe/letters/year/1999/").status_code == 404
        assert house.client("lin").get("/a/qinghe/letters/year/").status_code == 403
