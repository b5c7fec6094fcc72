"""A month of the demonstration is paid out: accounts, lots, one payment returned and paid again."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import transaction

from alliance.demo import DemoAlliance
from alliance.ledger.facts import trial_balance
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Membership, Staff
from alliance.services import journal
from alliance.tenancy.scope import act_in
from performance.demonstration.ground import Ground
from performance.demonstration.pay import WHOLE
from performance.life.services import stages
from performance.models import MonthLife, PayLine, PayoutAccount, PayoutLot, PayoutPayment
from performance.payout.services import accounts, answering, exporting, ground, lots
from performance.payout.services.accounts import Given

BANKS = ("icbc", "rcu")
CREDIT_CODE = "12330000MB{number:07d}X"
RETURNED = "退票"
MIXED = 40  # persons, of whom every fourth has the account at another bank


def load(base: Ground, demo: DemoAlliance) -> str:
    """Enter what lots stand on, pay the older month, answer it; a line of the report."""
    months = [pool.month for pool in demo.pools[:-1]]
    with act_in(base.alliance), transaction.atomic():
        finance = _finance()
        paid = months[0]
        _stand(base, finance, paid)
        now = _published(base, paid)
        first = _lots(base, finance, paid, now)
        whole = base.alliance.kind == WHOLE  # elsewhere the last lot waits for its answer
        for number, lot in enumerate(first):
            if whole or number < len(first) - 1 or len(first) == 1:
                _answered(base, finance, lot, now, returned=number == 0)
        again = _lots(base, finance, paid, now)
        for lot in again:
            _answered(base, finance, lot, now, returned=False)
        sums = trial_balance()
        return f"{len(first)} lots and {len(again)} again, {_paid()} paid; ledger sum {yuan(sums.sum_fen)}"


def _finance() -> Membership:
    """Who may export."""
    rows = Membership.objects.filter(institution=None, roles__contains=["finance"]).select_related("user")
    return rows.order_by("pk")[0]


def _paid() -> int:
    return PayoutPayment.objects.filter(state="paid").count()


def _stand(base: Ground, finance: Membership, month: Month) -> None:
    """Templates, account map, legal entities, accounts of everybody with a line."""
    office = base.office[0]
    at = _day(month, 5)
    for row in ground.adopt(by=office, now=at):
        ground.confirm(by=finance, row=row, now=at)
    table = ground.enter_map(by=office, from_month=month, body=ground.shipped_map(), now=at)
    ground.confirm(by=finance, row=table, now=at)
    lines = PayLine.objects.filter(pot__state="posted", fen__gt=0)
    people = Staff.objects.filter(pk__in=lines.values("staff")).order_by("institution__code", "code")
    for place in sorted({line.pot.institution for line in lines.select_related("pot__institution")},
                        key=lambda one: one.code):  # fmt: skip
        entity = ground.enter_entity(
            by=office, institution=place, credit_code=CREDIT_CODE.format(number=place.pk), from_month=month,
            given=Given(BANKS[0], f"{place.short_name}支行", place.name, f"1202{place.pk:015d}"), now=at,
        )  # fmt: skip
        ground.confirm(by=finance, row=entity, now=at)
    _accounts(base, finance, list(people), at)


def _accounts(base: Ground, finance: Membership, people: Sequence[Staff], at: datetime) -> None:
    """Entered by the office and compared by finance, as a list is: hundreds of people in a few statements."""
    code, found = base.alliance.code, []
    for number, staff in enumerate(people):
        second = number < MIXED and number % 4 == 3  # some of the first ones at the second bank
        given = Given(BANKS[second], "城关支行", staff.name, f"62220{staff.pk:014d}")
        found.append(PayoutAccount(
            staff=staff, revision=1, why="首次登记", entered_by=base.office[0], entered_at=at,
            **accounts.columns(given, code),
        ))  # fmt: skip
    made = PayoutAccount.objects.bulk_create(found, batch_size=1_000)
    entered = [(row, {"revision": 1}) for row in made]
    journal.write_all(by=base.office[0], verb="payout.account_entered", said=entered)
    # In an alliance that is not paid as a whole the last one waits for the second person.
    compared = entered if base.alliance.kind == WHOLE else entered[:-1]
    rows = PayoutAccount.objects.filter(pk__in=[row.pk for row, _said in compared])
    rows.update(confirmed_by=finance, confirmed_at=at)
    journal.write_all(by=finance, verb="payout.account_confirmed", said=compared)


def _published(base: Ground, month: Month) -> datetime:
    """The publication of the month, unless it had one; a moment after its end."""
    life = MonthLife.objects.filter(month=month.first_day).first()
    if life is None or life.published_until is None:
        life = stages.publish(by=base.office[0], month=month, now=_day(month, 18))
    assert life.published_until is not None
    return max(_day(month, 28), life.published_until)


def _day(month: Month, day: int) -> datetime:
    """A day of the month after, when its money is worked on."""
    after = month.plus(1)
    return datetime(after.year, after.number, day, 1, tzinfo=UTC)


def _lots(base: Ground, finance: Membership, month: Month, now: datetime) -> list[PayoutLot]:
    """Made by the office, checked by its second person, written by finance."""
    found = []
    for lot in lots.make(by=base.office[0], month=month, disputed=lots.disputed(month), now=now):
        checked = lots.check(by=base.office[1], lot=lot, now=now)
        exporting.export(by=finance, lot=checked, now=now)
        found.append(checked)
    return found


def _answered(base: Ground, finance: Membership, lot: PayoutLot, now: datetime, *, returned: bool) -> None:
    """The bank's answer in the headings of its template; the first payment comes back where asked."""
    layout = ground.layout_of(exporting.template_of(lot))
    heads = dict(layout.answer)
    rows = [",".join(heads.values())]
    payments = PayoutPayment.objects.filter(lot=lot).select_related("lot__institution", "account")
    for one in payments.order_by("number"):
        back = returned and one.number == 1
        told = {
            "reference": one.reference, "account": one.account.number, "amount": exporting.yuan(one.fen),
            "state": RETURNED if back else layout.paid[0], "reason": "户名不符" if back else "",
        }  # fmt: skip
        rows.append(",".join(told[field] for field in heads))
    source = io.BytesIO("\n".join(rows).encode("utf-8-sig"))
    answering.take(by=base.office[0], lot=lot, name=f"{lot.code}回盘.csv", source=source, now=now)
    answering.settle(by=finance, lot=lot, now=now)
