"""A lock exception for one institution: its corrected data go into an open month, the result stays."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Sum

from alliance.approvals import services as approvals
from alliance.ledger import facts as books
from alliance.ledger import services as ledger
from alliance.lib.period import Month
from alliance.services import jobs
from grouping.models import CaseFile, CaseRevision
from grouping.services import intake, publishing
from grouping.services.publishing import PublishRefused
from performance.life import facts
from performance.life.refusals import CorrectionRefused
from performance.life.services import exceptions
from performance.models import Line, LockException, MonthCorrection, MonthRun
from performance.services import months
from tests.grouping.files import as_csv, front_page
from tests.performance.scene import CASES, OCTOBER, compute, inside, post, prepare
from tests.world import World

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
UNTIL = AT + timedelta(days=5)
NOVEMBER = Month(2026, 11)


def corrected_file(world: World) -> None:
    """The lead hospital's stays were five days longer than first delivered."""
    rows = [
        front_page(
            world.lead.organisation, f"lead{OCTOBER}{number:04}", A11=f"病人{number}", B20="9",
            B12="2026-10-08 09:00:00", B15="2026-10-17 10:00:00",
        )
        for number in range(CASES["lead"][1])
    ]  # fmt: skip
    with inside(world):
        file, _made = intake.receive_file(
            by=world.lin, name="更正.csv", content=[as_csv(rows)], today=date(2026, 11, 24)
        )
    jobs.drain(world.qinghe)
    with inside(world), time_machine.travel(AT, tick=False):
        publishing.publish_by_id(by=world.lin, file_id=file.pk)
    jobs.drain(world.qinghe)


def store_again(world: World) -> None:
    """The page says what stands against it; once the exception holds, the same file is stored."""
    with inside(world):
        file = CaseFile.objects.latest("pk")
    later = AT + timedelta(days=9)  # the exception has ended by itself
    for now, said in ((later, True), (AT, False)):
        with time_machine.travel(now, tick=False):
            page = world.client("lin").get(f"/a/qinghe/case-files/{file.pk}/").content.decode()
            assert ("已审定" in page) is said
    with inside(world):
        assert CaseRevision.objects.count() == 0
    with time_machine.travel(later, tick=False):
        answer = world.client("lin").post(f"/a/qinghe/case-files/{file.pk}/publish/", follow=True)
        assert "请绩效办开立锁定例外" in answer.content.decode()
    with inside(world), time_machine.travel(AT, tick=False):
        publishing.publish_by_id(by=world.lin, file_id=file.pk)
    jobs.drain(world.qinghe)
    with inside(world):
        assert CaseRevision.objects.count() == CASES["lead"][1]


def opened(world: World) -> LockException:
    return exceptions.open_exception(
        by=world.luo, institution=world.lead, month=OCTOBER, reason="住院日数更正", until=UNTIL, now=AT
    )


def test_corrected_data_of_one_institution_go_into_an_open_month(world: World) -> None:
    prepare(world)
    run = post(world, compute(world))
    with inside(world):
        ledger.open_period(by=world.luo, month=NOVEMBER)
        row = opened(world)
        refused(world, row)
    with pytest.raises(PublishRefused, match="2026-10 is decided: rows of 清河县人民医院") as refusal:
        corrected_file(world)
    assert re.search(r"These are \d+ of \d+ rows, in the file's lines 2", str(refusal.value))
    with inside(world):
        exceptions.confirm(by=world.cai, row=row, now=AT)
    store_again(world)
    with inside(world):
        row = LockException.objects.get()
        assert facts.unlocked(OCTOBER, AT) == {world.lead.pk}
        assert facts.unlocked(OCTOBER, UNTIL) == set()  # it ends by itself
        with pytest.raises(CorrectionRefused, match="was in force"):
            exceptions.make(by=world.luo, row=row, into=NOVEMBER, now=UNTIL)
        made = exceptions.make(by=world.luo, row=row, into=NOVEMBER, now=AT)
        moved = {one.institution.code: one for one in made.lines.select_related("institution")}
        assert moved["QH01"].diff_fen < 0 and moved["QH01"].after_score < moved["QH01"].before_score
        assert sum(one.diff_fen for one in moved.values()) == 0
        approval = exceptions.propose(by=world.luo, row=made, today=AT.date())
        approvals.decide(by=world.cai, approval=approval, verdict="yes")
        made = MonthCorrection.objects.select_related("journal__period").get()
        assert made.journal is not None and made.state == "posted"
        assert (made.journal.period.month, made.journal.about_month) == (
            NOVEMBER.first_day, OCTOBER.first_day,
        )  # fmt: skip
        assert books.trial_balance().sum_fen == 0
        kept(world, run)
        after = exceptions.shares(OCTOBER)
        assert after[world.lead.pk] == moved["QH01"].after_fen
        assert sum(after.values()) == Line.objects.aggregate(fen=Sum("fen"))["fen"]
        with pytest.raises(CorrectionRefused, match="change no share"):  # the next one starts from there
            exceptions.make(by=world.luo, row=row, into=NOVEMBER, now=AT)


def refused(world: World, row: LockException) -> None:
    """Two people, in time, with a reason; nothing counts before the second one."""
    with pytest.raises(CorrectionRefused, match="was in force"):
        exceptions.make(by=world.luo, row=row, into=NOVEMBER, now=AT)
    with pytest.raises(CorrectionRefused, match="two different people"):
        exceptions.confirm(by=world.luo, row=row, now=AT)
    with pytest.raises(PermissionDenied):
        exceptions.confirm(by=world.kong, row=row, now=AT)
    with pytest.raises(CorrectionRefused, match="has ended"):
        exceptions.confirm(by=world.cai, row=row, now=UNTIL)
    with pytest.raises(CorrectionRefused, match="within 10 days"):
        exceptions.open_exception(
            by=world.luo,
            institution=world.tcm,
            month=OCTOBER,
            reason="x",
            until=AT + timedelta(days=30),
            now=AT,
        )
    with pytest.raises(CorrectionRefused, match="not approved yet"):
        exceptions.open_exception(
            by=world.luo, institution=world.tcm, month=NOVEMBER, reason="x", until=UNTIL, now=AT
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        LockException.objects.filter(pk=row.pk).update(confirmed_by=world.luo, confirmed_at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        LockException.objects.filter(pk=row.pk).update(until=UNTIL + timedelta(days=9))


def kept(world: World, run: MonthRun) -> None:
    """The approved result is what it was; a posted correction never changes."""
    now = MonthRun.objects.select_related("settlement").get(pk=run.pk)
    assert now.settlement is not None and now.settlement_id == run.settlement_id
    assert months.recompute(now.settlement).identical
    with pytest.raises(DatabaseError), transaction.atomic():
        MonthCorrection.objects.update(inputs=b"{}")
    with pytest.raises(DatabaseError), transaction.atomic():
        MonthCorrection.objects.all().delete()
