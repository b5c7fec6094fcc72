"""Papers of the demonstration: a bulletin and a notice released, minutes being written, a month disclosed."""

from __future__ import annotations

from django.db import transaction

from alliance.demo import DemoAlliance
from alliance.lib.period import Month
from alliance.tenancy.scope import act_in
from performance.bulletin import services as papers
from performance.demonstration.clock import acting, days_after
from performance.demonstration.ground import Ground
from performance.disclosure import services as disclosure
from performance.life import facts as lives
from performance.life.services import stages
from performance.models import Paper

DECISION = "管理委员会〔2026〕21号"
ASKED = (
    "一、迟报机构于下月 3 日前补齐，逾期由绩效办发催报单。\n二、失分较多的指标由责任科室写出原因和措施，"
    "于数据校核会说明。\n三、下转患者 7 日内首访，由基层医疗卫生机构落实。"
)


def load(base: Ground, demo: DemoAlliance) -> str:
    """Release what concerns the first month, leave the newest month's drafts; a line of the report."""
    first, last = demo.pools[0].month, demo.pools[-2].month
    with act_in(base.alliance), transaction.atomic():
        for kind in (Paper.Kind.BULLETIN, Paper.Kind.NOTICE):
            _released(base, first, kind)
        for kind in (Paper.Kind.BULLETIN, Paper.Kind.MINUTES):
            with acting(days_after(last, 28)):
                papers.make(by=base.office[0], month=last, kind=kind, now=days_after(last, 28))
        _disclosed(base, first)
        return f"{Paper.objects.count()} papers, {len(disclosure.released())} month disclosed"


def _released(base: Ground, month: Month, kind: str) -> None:
    now, agreed, (writer, second) = days_after(month, 28), days_after(month, 28, 14), base.office
    with acting(now):
        paper = papers.make(by=writer, month=month, kind=kind, now=now)
        if kind == Paper.Kind.NOTICE:
            texts = {len(paper.content()) - 1: ASKED}
            paper = papers.edit(
                by=writer, paper=paper, title=paper.title, line=paper.line, texts=texts, foot=paper.foot,
                now=now,
            )  # fmt: skip
    with acting(agreed):
        papers.release(by=second, paper=Paper.objects.named().get(pk=paper.pk), now=agreed)


def _disclosed(base: Ground, month: Month) -> None:
    """Published inside, then switched on and disclosed, each by two people."""
    writer, second = base.office
    if lives.life(month) is None:
        with acting(days_after(month, 16)):
            stages.publish(by=writer, month=month, now=days_after(month, 16))
    now, agreed = days_after(month, 29), days_after(month, 29, 15)
    with acting(now):
        rows = (
            disclosure.enter(by=writer, month=month, now=now),
            disclosure.switch(by=writer, on=True, reason=DECISION, now=now),
        )
    for row in rows:
        with acting(agreed):
            disclosure.confirm(by=second, row=row, now=agreed)
