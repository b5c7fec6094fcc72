"""Disputes of the demonstration: one in each state, a panel at work, two who asked the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from alliance.models import Membership, User
from alliance.tenancy.scope import act_in
from grouping.disputes import panel, services
from grouping.disputes.services import Thing
from grouping.services import schemes
from performance.demonstration.clock import acting
from performance.demonstration.ground import Ground
from performance.dictionary import disputed

EXPERTS = (
    ("guhuaijin", "顾怀瑾", "clinical"), ("wenruoshui", "温若水", "insurance"),
    ("shiyushu", "石予书", "statistics"),
)  # fmt: skip
# code, about, text; filed so many days ago; how far it went.
FILED = (
    ("ES2", "weight", "肺炎老年合并症病例的实际成本连续三月高于权重对应费用，建议复核权重。", 40, "settled"),
    ("ES2", "weight", "我院同组病例也偏低，附近三月成本表。", 33, "merged"),
    ("BR2", "rule", "脑缺血性疾病伴溶栓操作的入组条件缺一个操作编码。", 26, "answered"),
    ("ES2", "group", "呼吸系统感染伴重症监护未能分出更高资源消耗的组。", 19, "studied"),
    ("MDCF", "definition", "循环系统 MDC 的主诊表缺少两个本地常用编码。", 4, "open"),
    ("cmi", "indicator", "CMI 按全部病例还是入组病例计，两份材料的口径不同。", 2, "open"),
)
OPINIONS = (
    ("keep", "三个月样本仅 41 例，变异系数偏大，暂不宜单独调权，建议年度调整时一并测算。"),
    ("keep", "医保支付端已按高倍率单列补偿，现有权重可用。"),
    ("more", "建议补足 12 个月数据后重算，目前置信区间过宽。"),
)

ANSWER = "已请临床、医保、统计三位专家研究，意见见专家组。年度调整时一并测算，结果在此公布。"
UNCHANGED = "样本不足、支付端已有补偿，现行权重维持到年度调整。"


def load(base: Ground, now: datetime) -> str:
    """File them and take each as far as it went; a line of the report."""
    with act_in(base.alliance), transaction.atomic():
        experts, filers = _experts(), _filers(base)
        head: Any = None
        for code, about, text, days, state in FILED:
            with acting(at := now - timedelta(days=days)):
                row = _file(next(filers), code, about, text, at)
            head = head or row
            _on_its_way(base.office, row, head, state, experts, now - timedelta(days=days - 1))
        return f"{len(FILED)} disputes, {sum(one[4] in ('open', 'studied') for one in FILED)} owed an answer"


def _filers(base: Ground) -> Iterator[Membership]:
    able = [one for one in base.members.values() if one.institution_id and one.can("dispute.file")]
    while True:
        yield from able


def _experts() -> list[tuple[Membership, str]]:
    """The technical evaluation team: known by name, without a password."""
    made = []
    for username, name, kind in EXPERTS:
        user, new = User.objects.get_or_create(username=username, defaults={"name": name})
        if new:
            user.set_unusable_password()
            user.save()
        made.append((Membership.objects.create(user=user, institution=None, roles=["technical_team"]), kind))
    return made


def _file(by: Membership, code: str, about: str, text: str, at: datetime) -> Any:
    if about == "indicator":
        thing = Thing(disputed.KIND, code)
        return services.file_dispute(by=by, about=about, thing=thing, code=code, text=text, now=at)
    scheme = schemes.in_force(at.date())
    return services.file_dispute(by=by, about=about, scheme=scheme, code=code, text=text, now=at)


def _on_its_way(
    people: Sequence[Membership],
    row: Any,
    head: Any,
    state: str,
    experts: list[tuple[Membership, str]],
    at: datetime,
) -> None:
    office, second = people[:2]
    if state == "open":
        return
    if state == "merged":
        with acting(at):
            services.merge(by=office, dispute=row, into=head, now=at)
        return
    with acting(at):
        row = services.study(by=office, dispute=row, now=at)
    given = 1 if state == "studied" else len(experts)
    for place, (expert, kind) in enumerate(experts):
        with acting(at):
            panel.ask(by=office, dispute=row, member=expert, kind=kind, now=at)
        if place < given:
            (verdict, text), said = OPINIONS[place], at + timedelta(days=2 + place)
            with acting(said):
                panel.give(by=expert, dispute=row, verdict=verdict, text=text, now=said)
    if state in ("answered", "settled"):
        with acting(answered := at + timedelta(days=8)):
            row = services.reply(by=office, dispute=row, now=answered, answer=ANSWER)
    if state == "settled":
        with acting(settled := at + timedelta(days=10)):
            services.settle(by=second, dispute=row, now=settled, unchanged=UNCHANGED)
