"""Violation cases of the demonstration: one from a broken clause, decided; one warned, whose clock runs."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from alliance.approvals import services as approvals
from alliance.approvals.chains import TWO_PEOPLE
from alliance.demo import DemoAlliance
from alliance.models import Institution, Membership
from alliance.tenancy.scope import act_in
from performance.agreements.models import ClauseCheck
from performance.demonstration.clock import acting, before
from performance.demonstration.ground import Ground
from performance.violations.models import Violation
from performance.violations.services import cases, deciding, origins


def load(base: Ground, demo: DemoAlliance) -> str:
    """Open, warn, hear, find, decide; a line of the report."""
    with act_in(base.alliance), transaction.atomic():
        broken = ClauseCheck.objects.filter(standing="broken").select_related(
            "clause__agreement__institution"
        ).first()  # fmt: skip
        decider = next((one for one in base.members.values() if _decides(one)), None)
        if broken is None or decider is None or len(base.office) < 2:
            return "no violation case: no clause is broken"
        _decided(base, broken, decider)
        _warned(base, next(iter(base.places.values())))
        return f"{Violation.objects.count()} violation cases"


def _decides(one: Membership) -> bool:
    return one.institution_id is None and "finance" in one.roles


def _decided(base: Ground, check: ClauseCheck, decider: Membership) -> None:
    office, second = base.office[:2]
    opened = before(timezone.now(), 15)
    place = check.clause.agreement.institution
    row = cases.open_case(
        by=office, institution=place, kind="data", title=f"{check.clause.title}：月度数据与约定不符",
        facts="按月核算值未达协议约定，院内台账与上报数据存在差异。", source="clause", now=opened,
        about=origins.of_clause(check),
    )  # fmt: skip
    cases.warn(by=office, violation=_again(row), text="请核对台账并书面说明差异来源。", now=opened)
    speaker = next((one for one in base.members.values()
                    if one.institution_id == place.pk and one.can("violation.state")), None)  # fmt: skip
    if speaker is not None:
        cases.state_view(
            by=speaker, violation=_again(row), text="系信息系统接口漏传，已补传并复核。", now=opened
        )
    at = before(timezone.now(), 1, 10)
    with acting(at):
        found = deciding.find(
            by=second, violation=_again(row), violated=True, chain=TWO_PEOPLE, now=at,
            finding="漏传情况属实，未见主观造假，予以书面警告。", follows={"warning": None},
        )  # fmt: skip
    assert found.approval is not None
    with acting(before(timezone.now(), 1, 15)):
        approvals.decide(by=decider, approval=found.approval, verdict="yes")


def _warned(base: Ground, place: Institution) -> None:
    office, now = base.office[0], timezone.now()
    row = cases.open_case(
        by=office, institution=place, kind="grouping", title="疑似高套分组", source="central", now=now,
        facts="与医保分组核对，部分病例主要诊断选择依据不足。",
    )  # fmt: skip
    cases.add_evidence(
        by=office, violation=_again(row), kind="other", text="医保分组核对差异清单，抽查五例", now=now
    )
    cases.warn(by=office, violation=_again(row), text="请逐例说明主要诊断选择依据。", now=now)


def _again(row: Violation) -> Violation:
    found: Violation = Violation.objects.named().get(pk=row.pk)
    return found
