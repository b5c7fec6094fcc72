"""A third party's opinions of the demonstration: confirmed, with a difference, being looked at."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from alliance.demo import DemoAlliance
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.tenancy.scope import act_in
from performance.demonstration.ground import Ground
from performance.verification import services
from performance.verification.models import GIVE, Opinion

SIZE = 8


def load(base: Ground, demo: DemoAlliance) -> str:
    """Draw, look, sign; a line of the report."""
    evaluator = next((one for one in base.members.values() if _gives(one)), None)
    months, held = [one.month for one in demo.pools], {one.institution.code for one in demo.stays}
    places = [place for code, place in base.places.items() if code in held]
    if evaluator is None or len(months) < 2 or len(places) < 2:
        return "no evaluator from outside"
    with act_in(base.alliance), transaction.atomic():
        first, second = places[:2]
        _signed(evaluator, _drawn(evaluator, first, months[-1]), differs=False)
        _signed(evaluator, _drawn(evaluator, second, months[-1]), differs=True)
        _signed(evaluator, _drawn(evaluator, first, months[0]), differs=False)
        _drawn(evaluator, second, months[0])
        return f"{Opinion.objects.count()} opinions of a third party"


def _gives(one: Membership) -> bool:
    return one.institution_id is None and one.can(GIVE) and one.roles == ["third_party_evaluator"]


def _drawn(by: Membership, place: Institution, month: Month) -> Opinion:
    now, seed = timezone.now() - timedelta(days=3), f"{place.code} {month}"
    return services.draw(by=by, institution=place, month=month, size=SIZE, now=now, seed=seed)


def _signed(by: Membership, row: Opinion, *, differs: bool) -> None:
    now = timezone.now() - timedelta(days=1)
    for item in row.items.select_related("opinion__institution"):
        other = differs and item.place == SIZE // 2
        services.look(
            by=by, item=item, found="differs" if other else "confirmed", now=now,
            note="病案首页出院日期与病程记录相差一天" if other else "",
        )  # fmt: skip
    text = "抽样病例逐份核对原始病历、费用清单和结算清单。"
    text += "除一例出院日期外，数据与原始记录一致。" if differs else "数据与原始记录一致。"
    services.sign(by=by, opinion=row, verdict="partly" if differs else "true", text=text, now=now)
