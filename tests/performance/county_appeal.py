"""The appeal of the county month: filed from a line, pending on pay day, upheld after the statement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import time_machine
from django.db.models import Sum

from alliance.approvals import services as approvals
from alliance.models import Staff
from performance.appeals import facts as appeals
from performance.appeals import subjects
from performance.appeals.services import filing, handling
from performance.appeals.services.correcting import Decision
from performance.appeals.services.filing import NewLine
from performance.life.services import stages
from performance.models import Appeal, AppealCorrection, PayLine, PayoutHold, PayoutPart
from performance.payout import facts as payouts
from tests.performance.county_scene import DECEMBER
from tests.performance.life_scene import paid_out
from tests.performance.scene import OCTOBER
from tests.world import World, member

DISPUTED = 10_000  # fen of one line
FILED, D25 = (datetime(2026, 11, day, 2, tzinfo=UTC) for day in (23, 25))
# The last of its fifteen working days; the statement comes the day after, twenty days after pay day; the
# second person agrees after it.
ANSWERED, AGREED = (datetime(2026, 12, day, 2, tzinfo=UTC) for day in (14, 16))


def disputed(world: World) -> Appeal:
    """A doctor of the lead hospital, not of the group that divided, says what is missing in the own line."""
    world.people["dr"] = member("dr", "县医院医生", world.lead, "clinician")
    Staff.objects.filter(code=f"{world.lead.code}-3").update(user=world.dr.user)
    line = PayLine.objects.get(staff__user=world.dr.user)
    subject = subjects.find(world.dr, "pay", line.pk)
    assert subject is not None and line.fen > DISPUTED
    lines = [NewLine(subject, "出勤少记两天", DISPUTED)]
    row = filing.file(by=world.dr, kind="personal", lines=lines, text="请核对出勤", now=FILED)
    assert timedelta() < row.due_at - ANSWERED < timedelta(days=1) and not row.provisional
    found: Appeal = Appeal.objects.get(pk=row.pk)
    return found


def held(appeal: Appeal) -> None:
    """Everybody has the whole of the own line but the one who disputes a part of it: that part is held."""
    line = appeal.lines.get().pay_line
    sent = dict(PayoutPart.objects.values("line").annotate(fen=Sum("fen")).values_list("line", "fen"))
    lines = dict(PayLine.objects.filter(fen__gt=0).values_list("pk", "fen"))
    assert line is not None and sent == {**lines, line.pk: lines[line.pk] - DISPUTED}
    hold = PayoutHold.objects.get(ended_at=None)
    assert (hold.line_id, hold.kind, hold.fen) == (line.pk, "disputed", DISPUTED)
    money = payouts.paid_in(OCTOBER)
    assert (money.paid_fen, money.held_fen) == (sum(lines.values()) - DISPUTED, DISPUTED) and money.done


def answered(world: World, appeal: Appeal) -> None:
    """Somebody uninvolved upholds it on its last day; the correction waits for a second person."""
    assert [one.pk for one in handling.candidates(appeal)] == [world.meng.pk]
    row = handling.assign(by=world.luo, appeal=appeal, handler=world.meng.pk, now=D25)
    line = appeal.lines.get().pay_line
    assert line is not None
    decision = Decision("pot", {line.pk: line.points + Decimal(2)}, more_why="按排班表")
    row = handling.uphold(by=world.meng, appeal=row, decision=decision, answer="排班表属实", now=ANSWERED)
    assert row.state == "upheld" and appeals.open_in(OCTOBER) == 1


def upheld(world: World, appeal: Appeal) -> None:
    """Agreed to: exactly the lines of this pot are corrected, in an open month, and what was held is paid."""
    row = Appeal.objects.select_related("approval").get(pk=appeal.pk)
    line = appeal.lines.select_related("pay_line__pot").get().pay_line
    assert row.approval is not None and line is not None
    with time_machine.travel(AGREED, tick=False):
        approvals.decide(by=world.cai, approval=row.approval, verdict="yes")
    row = Appeal.objects.select_related("journal__period").get(pk=appeal.pk)
    assert row.state == "corrected" and row.journal is not None
    assert (row.journal.period.month, row.journal.about_month) == (DECEMBER.first_day, OCTOBER.first_day)
    found = {one.pay_line_id: one for one in AppealCorrection.objects.filter(appeal=row)}
    assert set(found) == set(PayLine.objects.filter(plan=line.plan_id).values_list("pk", flat=True))
    assert sum(one.fen for one in found.values()) == 0 and found[line.pk].fen > 0
    assert row.journal.entries.count() == len(found)
    before = set(PayoutPart.objects.values_list("pk", flat=True))
    paid_out(world, OCTOBER, AGREED)
    part = PayoutPart.objects.exclude(pk__in=before).get()
    assert (part.line_id, part.fen) == (line.pk, DISPUTED)
    assert not PayoutHold.objects.filter(ended_at=None).exists()
    assert payouts.paid_in(OCTOBER).held_fen == 0 and appeals.open_in(OCTOBER) == 0
    stages.end(by=world.cai, month=OCTOBER, now=AGREED)
