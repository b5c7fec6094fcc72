"""A month of the demonstration is paid out: accounts, lots; one payment comes back and is paid again."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from alliance.demo import DemoAlliance
from alliance.ledger.facts import trial_balance
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Institution, Membership, Staff
from alliance.tenancy.scope import act_in
from performance.demonstration.clock import acting, days_after
from performance.demonstration.ground import Ground
from performance.demonstration.pay import WHOLE
from performance.life.services import stages
from performance.models import MonthLife, PayLine, PayoutAccount, PayoutEntity, PayoutLot, PayoutPayment
from performance.payout.services import account_sheets, accounts, answering, exporting, ground, lots, returned
from performance.payout.services.accounts import Given

BANKS = ("icbc", "rcu")
CREDIT_CODE = "12330000MB{number:07d}X"
RETURNED = "退票"
SAME = "银行退票（户名不符），已与本人银行卡核对户名、账号"
MIXED = 40  # persons, of whom every fourth has the account at another bank
RENEWED = 2  # persons with a new card
BRANCH = "城关支行"
HEADINGS = ("机构代码", "工号", "户名", "银行", "支行", "银行账号", "变更原因")


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
                _answered(base, finance, lot, now + timedelta(hours=3), returned=number == 0)
        _compared(base, finance, now + timedelta(hours=4))
        again = _lots(base, finance, paid, now + timedelta(hours=6))
        for lot in again:
            _answered(base, finance, lot, now + timedelta(hours=8), returned=False)
        if whole:
            _renewed(base, days_after(paid.plus(2), 5))
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
    at = days_after(month, 4, 10)
    lines = PayLine.objects.filter(pot__state="posted", fen__gt=0)
    people = Staff.objects.filter(pk__in=lines.values("staff")).select_related("institution")
    places = {line.pot.institution for line in lines.select_related("pot__institution")}
    with acting(at):
        for row in ground.adopt(by=office, now=at):
            ground.confirm(by=finance, row=row, now=at)
        entered = [
            ground.enter_map(by=office, from_month=month, body=ground.shipped_map(), now=at),
            *(_entity(office, place, month, at) for place in sorted(places, key=lambda one: one.code)),
        ]
    agreed = days_after(month, 4, 15)
    with acting(agreed):
        for row in entered:
            ground.confirm(by=finance, row=row, now=agreed)
    _accounts(base, finance, list(people.order_by("institution__code", "code")), month)


def _entity(office: Membership, place: Institution, month: Month, at: datetime) -> PayoutEntity:
    return ground.enter_entity(
        by=office, institution=place, credit_code=CREDIT_CODE.format(number=place.pk), from_month=month,
        given=Given(BANKS[0], f"{place.short_name}支行", place.name, f"1202{place.pk:015d}"), now=at,
    )  # fmt: skip


def _accounts(base: Ground, finance: Membership, people: Sequence[Staff], month: Month) -> None:
    """Everybody's by one sheet that finance compared; in an alliance that is not paid as a whole the first
    account of the last one waits.
    """
    office, whole = base.office[0], base.alliance.kind == WHOLE
    at, agreed = days_after(month, 5), days_after(month, 5, 15)
    listed, last = (people, people[-1]) if whole else (people[:-1], people[-1])
    with acting(at):
        sheet = account_sheets.propose(by=office, name="绩效账户登记表.csv", source=_sheet(listed), now=at)
    with acting(agreed):
        account_sheets.decide(by=finance, sheet=sheet, agreed=True, now=agreed)
    if not whole:
        given = Given(BANKS[0], BRANCH, last.name, f"62220{last.pk:014d}")
        with acting(agreed):
            accounts.enter(by=office, staff=last, given=given, why="首次登记", now=agreed)


def _compared(base: Ground, finance: Membership, now: datetime) -> None:
    """The account of the returned payment is entered anew from the person's card, by two people."""
    rows = PayoutAccount.objects.filter(pk__in=returned.waiting(returned.said())).select_related("staff")
    for row in list(rows):
        given = Given(row.bank, row.branch, row.holder, row.number)
        with acting(now):
            entered = accounts.enter(by=base.office[0], staff=row.staff, given=given, why=SAME, now=now)
        later = now + timedelta(hours=1)
        with acting(later):
            accounts.confirm(by=finance, row=entered, now=later)


def _renewed(base: Ground, at: datetime) -> None:
    """A sheet of two who have a new card waits for its second person."""
    people = Staff.objects.filter(pk__in=PayoutAccount.objects.values("staff")).select_related("institution")
    source = _sheet(list(people.order_by("institution__code", "code")[:RENEWED]), renewed=True)
    with acting(at):
        account_sheets.propose(by=base.office[0], name="绩效账户变更表.csv", source=source, now=at)


def _sheet(people: Sequence[Staff], *, renewed: bool = False) -> io.BytesIO:
    """As finance offices keep it; some of the first ones have the account at the second bank."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(HEADINGS)
    why = "银行卡遗失，已换新卡" if renewed else "首次登记"
    for number, one in enumerate(people):
        bank = BANKS[number < MIXED and number % 4 == 3]
        card = f"62221{one.pk:010d}{number + 7031}" if renewed else f"62220{one.pk:014d}"
        rows.writerow([one.institution.code, one.code, one.name, bank, BRANCH, card, why])
    return io.BytesIO(text.getvalue().encode("utf-8-sig"))


def _published(base: Ground, month: Month) -> datetime:
    """The publication of the month, unless it had one; a moment after its end."""
    life = MonthLife.objects.filter(month=month.first_day).first()
    if life is None or life.published_until is None:
        at = days_after(month, 16)
        with acting(at):
            life = stages.publish(by=base.office[0], month=month, now=at)
    assert life.published_until is not None
    return max(days_after(month, 29), life.published_until)


def _lots(base: Ground, finance: Membership, month: Month, now: datetime) -> list[PayoutLot]:
    """Made by the office, checked by its second person, written by finance."""
    found = []
    with acting(now):
        made = lots.make(by=base.office[0], month=month, disputed=lots.disputed(month), now=now)
    now += timedelta(hours=1)
    with acting(now):
        for lot in made:
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
    with acting(now):
        answering.take(by=base.office[0], lot=lot, name=f"{lot.code}回盘.csv", source=source, now=now)
        answering.settle(by=finance, lot=lot, now=now)
