"""Commitment letters of the demonstration: signed in January, one in the system, the others on paper.

This year's are in force, the lead hospital's behind its promise; last year's was judged, and its breach waits
for the vote. The fund spent more than its budget, which proposes other weights.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import transaction

from alliance.approvals import chains
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import parameters
from alliance.services.files import Upload
from alliance.tenancy.scope import act_in
from performance.consequences.services import aloof, assessing, letters, proposals, reweighting, templates
from performance.consequences.show_signing import obliged
from performance.declared import services as declared
from performance.declared.services import Entry, Place
from performance.demonstration.ground import Ground
from performance.engine.commitments import Promise
from performance.engine.spans import Span
from performance.models import Consequence, Letter

LAST, THIS = 2025, 2026
SIGNED, AGAIN, JUDGED = (datetime(year, 1, 8, 2, tzinfo=UTC) for year in (LAST, THIS, THIS))
KEPT = Promise("common_kept", "indicator", Decimal(6), target=Decimal(30))
# Of 100 patients with common diseases so many stayed at the township last year, month by month.
STAYED = (26, 27, 25, 28, 27, 26, 27, 28, 26, 25, 27, 26)
LEFT = 7  # of so many places one has no letter yet and one is on its way


def load(base: Ground, today: date) -> str:
    """Draft, sign, look, judge, propose; returns what came of it in one line."""
    with act_in(base.alliance), transaction.atomic():
        office, second = base.office[0], base.office[1]
        templates.install(by=office, year=LAST, now=SIGNED)
        towns = _towns(base)
        _last_year(base, towns[0], office, second)
        for number, place in enumerate(sorted(obliged(THIS), key=_lead_first)):
            _of_this_year(base, place, number, office, second)
        now = datetime(today.year, today.month, today.day, 1, tzinfo=UTC)
        _overspent(base, office, second, now)
        _aloof(office, now)
        for look in (assessing.look, reweighting.look):
            look(now=now)
        row = Consequence.objects.named().filter(kind=Consequence.Kind.COMMITMENT).first()
        if row is not None:
            proposals.propose(by=office, row=row, chain=chains.TWO_PEOPLE, today=today)
        return f"{Letter.objects.count()} commitment letters, {Consequence.objects.count()} proposals"


def _overspent(base: Ground, office: Membership, second: Membership, now: datetime) -> None:
    """The fund of the third quarter: spent 6.8 % more than its budget, as the insurer's statement says."""
    quarter = Span(Month(THIS, 7), "quarter")
    given = [
        Entry(Place(None), fact, quarter, Decimal(fen), str(office.user), "医保局三季度基金运行通报")
        for fact, fen in (("fund_budget_fen", 4_860_000_000), ("fund_spent_fen", 5_190_480_000))
    ]
    rows = declared.submit_all(by=office, rows=declared.enter(by=office, entries=given, now=now), now=now)
    declared.confirm_all(by=second, rows=rows, now=now)


def _aloof(office: Membership, now: datetime) -> None:
    """The alliance looks at two of six months; whoever is on the list is asked for an interview."""
    parameters.decide(
        by=office, key="cp.aloof.months", value={"least": 2, "of": 6}, from_date=date(THIS, 1, 1),
        decided_by="理事会〔2025〕19号",
    )  # fmt: skip
    until = aloof.newest()
    if until is None:
        return
    by = aloof.rule(until)
    for one in aloof.listed(aloof.stood(until, by), by)[:1]:
        aloof.ask(
            by=office, institution=one.institution, kind=Consequence.Kind.TALK, now=now,
            measure="连续两个月协同得分偏低，拟请该机构负责人说明下转承接与专家接待情况，并提出改进措施。",
        )  # fmt: skip


def _towns(base: Ground) -> list[Institution]:
    """The places of primary care, by their code."""
    places = sorted(base.places.values(), key=lambda one: one.code)
    return [one for one in places if one.kind in ("township", "community")]


def _lead_first(one: Institution) -> tuple[bool, str]:
    return one.role != Institution.Role.LEAD, one.code


def _of_this_year(
    base: Ground, place: Institution, number: int, office: Membership, second: Membership
) -> None:
    """Most have signed; of seven one has no letter yet, and one is drafted or offered."""
    if number % LEFT == LEFT - 1:
        return
    letter = letters.draft(by=office, institution=place, year=THIS, now=AGAIN)
    if number % LEFT < LEFT - 2:
        _signed(base, letter, office, second, AGAIN)
    elif number % (2 * LEFT) < LEFT:
        letters.offer(by=office, letter=letter, now=AGAIN)


def _last_year(base: Ground, town: Institution, office: Membership, second: Membership) -> None:
    """A township kept fewer of its patients than it promised; every month was declared and confirmed."""
    letter = letters.draft(by=office, institution=town, year=LAST, now=SIGNED)
    letter = letters.change(by=office, letter=letter, promises=[KEPT])
    _signed(base, letter, office, second, SIGNED)
    given = [
        Entry(Place(town), fact, Span(Month(LAST, month)), Decimal(number), str(office.user), "基层门诊月报")
        for month, stayed in enumerate(STAYED, start=1)
        for fact, number in (("common_disease_kept", stayed), ("common_disease_visits", 100))
    ]
    rows = declared.submit_all(
        by=office, rows=declared.enter(by=office, entries=given, now=JUDGED), now=JUDGED
    )
    declared.confirm_all(by=second, rows=rows, now=JUDGED)


def _signed(base: Ground, letter: Letter, office: Membership, second: Membership, now: datetime) -> Letter:
    """By the head in the system where there is one, else on paper, entered by one and checked by another."""
    letter = letters.offer(by=office, letter=letter, now=now)
    head = _head(base, letter.institution_id)
    if head is not None:
        letter = letters.sign(
            by=head, letter=letter, name=letter.institution.name, seen=letter.digest, now=now
        )
    else:
        name = letter.institution.short_name
        scan = Upload(f"{name}承诺书.pdf", [b"%PDF-1.4\n%%EOF\n"], "application/pdf", 1 << 20)
        letter = letters.enter_paper(
            by=office, letter=letter, document=f"协同承诺〔{letter.year}〕{letter.pk}号", scan=scan,
            signed_on=now.date(), signed_name=f"{name}法定代表人",
        )  # fmt: skip
        letter = letters.check_paper(by=second, letter=letter, now=now)
    return letters.countersign(by=office, letter=letter, now=now)


def _head(base: Ground, institution: int) -> Membership | None:
    own = (one for one in base.members.values() if one.institution_id == institution)
    return next((one for one in own if one.can("letter.sign")), None)
