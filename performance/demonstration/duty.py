"""Responsibility letters of the demonstration: most signed, some missing, one overdue, one near its end.

People without a sign-in stand for the staff who would sign; a case of swapped drugs shows a letter beside it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from alliance.models import Institution, Membership, Staff, User
from alliance.services import memberships
from alliance.tenancy.scope import act_in
from performance.demonstration.clock import acting
from performance.demonstration.ground import Ground
from performance.duty.models import LetterVersion, Signature
from performance.duty.services import rounds, signing, versions
from performance.violations.models import Violation
from performance.violations.services import cases

# Days before now: the text in force, the early signature, the round, its last day, joining, the case.
IN_FORCE, EARLY, ROUND, ENDED, JOINED, CASE = 350, 345, 30, 3, 5, 10
AT_LEAD, ELSEWHERE = 9, 2  # doctors who get a membership


def load(base: Ground, now: datetime) -> str:
    """The text, a round, signatures, a reminder, a case; a line of the report."""
    if len(base.office) < 2:
        return "no responsibility letters"
    with act_in(base.alliance), transaction.atomic():
        version = _text(base, _ago(now, IN_FORCE))
        people = _people(base)
        own = [one for one in base.members.values() if signing.asks(version, one)]
        # One signed a year ago; one never did; everybody else in the days of the round.
        early, never, *others = [*people, *own]
        _signs(early, version, _ago(now, EARLY))
        due = timezone.localdate(_ago(now, ENDED))
        with acting(_ago(now, ROUND)):
            round_ = rounds.open_round(
                by=base.office[0], version=version, year=due.year, due_on=due, now=_ago(now, ROUND)
            )
        for n, one in enumerate(others):
            _signs(one, version, _ago(now, ROUND - 1 - n % (ROUND - ENDED - 1)))
        _joined(base, never, _ago(now, JOINED))
        with acting(_ago(now, 1)):
            assert never.institution is not None
            rounds.remind(by=base.office[0], round=round_, institution=never.institution, now=_ago(now, 1))
        _case(base, early, _ago(now, CASE))
        return f"{Signature.objects.count()} responsibility letters signed"


def _ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


def _text(base: Ground, at: datetime) -> LetterVersion:
    first, second = base.office[:2]
    with acting(at):
        row = versions.enter(
            by=first, text=versions.shipped(), from_date=timezone.localdate(at), now=at,
            decided_by="管理委员会", document=f"医共体发〔{at.year}〕18号",
        )  # fmt: skip
        return versions.enforce(by=second, version=row, now=at)


def _people(base: Ground) -> list[Membership]:
    """Doctors of the register, most of them of the lead hospital; the first of it leads a department."""
    found: list[Membership] = []
    for code, place in sorted(base.places.items()):
        rows = Staff.objects.filter(institution=place, kind="doctor", user=None, is_active=True)
        most = AT_LEAD if code == "A01" else ELSEWHERE
        for nth, one in enumerate(rows.select_related("department").order_by("-code")[:most]):
            role = "department_head" if code == "A01" and nth == AT_LEAD - 1 else "clinician"
            found.append(_member(base, place, one, role))
    return found


def _member(base: Ground, place: Institution, one: Staff, role: str) -> Membership:
    """They have no password and cannot sign in."""
    user = User(username=slugify(f"{base.alliance.code}-{place.code}-{one.code}"), name=one.name)
    user.set_unusable_password()
    user.save()
    made: Membership = Membership.objects.create(
        user=user, institution=place, department=one.department, roles=[role]
    )
    return made


def _signs(by: Membership, version: LetterVersion, at: datetime) -> None:
    with acting(at):
        signing.keep(by=by, version=version, now=at)


def _joined(base: Ground, beside: Membership, at: datetime) -> None:
    """Two joined after the round began: they have their own days."""
    admin = next(one for one in base.members.values() if one.can("membership.change"))
    with acting(at):
        for n, name in enumerate(("祝新宁", "程初晓"), 1):
            new = Membership(
                institution=beside.institution, department=beside.department, roles=["clinician"]
            )
            memberships.grant(
                by=admin, membership=new, username=slugify(f"{base.alliance.code}-new-{n}"), name=name
            )


def _case(base: Ground, person: Membership, at: datetime) -> None:
    """Swapped drugs: warned about; nothing of it ends with a warning alone."""
    assert person.institution is not None
    with acting(at):
        row = cases.open_case(
            by=base.office[0], institution=person.institution, kind=Violation.Kind.SWAPPED, source="hand",
            title="疑似串换药品结算", now=at, person=person,
            facts="抽查五张处方，结算药品与药房发药记录不符。",
            happened_on=timezone.localdate(at - timedelta(days=8)),
        )  # fmt: skip
        cases.add_evidence(
            by=base.office[0], violation=row, kind="other", text="处方、结算清单与发药记录对照表", now=at
        )
        row = Violation.objects.named().get(pk=row.pk)
        cases.warn(by=base.office[0], violation=row, text="请逐张说明发药与结算不一致的原因。", now=at)
