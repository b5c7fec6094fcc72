"""Open a tolerance case, prove, state, name the body, give opinions, decide (S1-72)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.lib.canonical import digest
from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Attachment, Department, Institution, Membership
from alliance.services import files, journal, parameters, steps
from alliance.services.files import Upload
from performance.tolerance.models import FILE, RUN, VIEW, Evidence, Outcome, Reviewer, ToleranceCase

KIND, OPINIONS = "tolerance.case", "tolerance.opinions"


class ToleranceRefused(Refused):
    """A step of a tolerance case cannot be taken."""

    reasons = {
        "what": "Say what happened, without names of patients.",
        "pathway": "Name the pathway that was followed.",
        "department": "This department belongs to another institution. Choose one of the case's own.",
        "happened_on": "This day has not come yet. Choose the day it happened.",
        "evidence": "Add a file that shows how the pathway was followed, and say what it shows.",
        "statement": "The person concerned has not stated yet. Ask for the statement first.",
        "involved": "A reviewer is not the person, not who opened the case, not of the same department.",
        "reviewers": "Name at least %(least)d reviewers who are not involved.",
        "opinions": "%(given)d of at least %(least)d opinions are given. Wait, or name another reviewer.",
        "text": "Give the reason in your own words.",
        "grounds": "Write on what grounds, from the evidence and the opinions.",
        "percent": "Say how much is covered in part: more than 0 and less than 100 percent.",
        "given": "You have given your opinion already.",
        "line": "Choose a deduction or a consequence of the same institution.",
        "party": "This share is borne by somebody else, or of another case. Choose one of the person the "
        "decision is about, or of the department.",
        "reader": "The role of this person does not include reading cases of error tolerance. Choose "
        "another.",
        "exempted": "It is exempted already.",
        "not_covered": "The decision does not cover it, so nothing is exempted.",
        "no_money": "This exemption moves no money: neither a person nor a department bears it, or no "
        "percentage was decided.",
        "corrected": "This exemption has its correction already. Work on that one.",
        "own": "Who bears an amount neither corrects it nor agrees to that. Ask a colleague.",
    }
    fields = {
        "involved": "member",
        "reader": "member",
        "party": "line",
        "reviewers": "",
        "opinions": "",
        "given": "",
        "not_covered": "",
        "own": "",
        "no_money": "",
        "corrected": "",
    }


def least(now: datetime) -> int:
    """How many opinions a decision needs."""
    return int(str(parameters.in_force(OPINIONS, on=now.astimezone(SHANGHAI).date())))


def runs(by: Membership, case: ToleranceCase) -> None:
    """Raises PermissionDenied for who does not run cases of the institution."""
    if "runner" not in case.sides_of(by):
        raise PermissionDenied(_("Your role does not include this step."))


@transaction.atomic
def open_case(
    *, by: Membership, institution: Institution, person: Membership, kind: str, happened_on: date, what: str,
    pathway: str, now: datetime, department: Department | None = None, case_id: int | None = None,
    referral_id: int | None = None,
) -> ToleranceCase:  # fmt: skip
    """Open a case: the person concerned for oneself, or who runs cases of the institution.

    Raises PermissionDenied, ToleranceRefused (what, pathway, department, happened_on).
    """
    own = by.can(FILE) and person.pk == by.pk
    if not (own or by.can(RUN)) or not by.sees(institution.pk):
        raise PermissionDenied(_("Your role does not include this step."))
    if not what.strip():
        raise ToleranceRefused("what")
    if not pathway.strip():
        raise ToleranceRefused("pathway")
    if department is not None and department.institution_id != institution.pk:
        raise ToleranceRefused("department")
    if happened_on > now.astimezone(SHANGHAI).date():
        raise ToleranceRefused("happened_on")
    row: ToleranceCase = ToleranceCase.objects.create(
        kind=kind, institution=institution, department=department, person=person, happened_on=happened_on,
        what=what.strip(), pathway=pathway.strip(), case_id=case_id, referral_id=referral_id, opened_by=by,
        opened_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="tolerance.opened", about=row, kind=kind)
    journal.step(by=by, about=row, name="open", before="", after=row.state)
    return row


@transaction.atomic
def prove(
    *, by: Membership, case: ToleranceCase, uploads: Sequence[Upload], note: str, now: datetime
) -> ToleranceCase:
    """Add files that show how the pathway was followed.

    Raises PermissionDenied, ToleranceRefused (evidence).
    """
    if not case.sides_of(by):
        raise PermissionDenied(_("Your role does not include this step."))
    if not uploads or not note.strip() or case.state not in (case.State.OPEN, case.State.REVIEW):
        raise ToleranceRefused("evidence")
    for one in uploads:
        stored = files.store(
            by=by, name=one.name, content=one.content, purpose=Attachment.Purpose.EVIDENCE,
            content_type=one.content_type, limit=one.limit, institution=case.institution,
        )  # fmt: skip
        Evidence.objects.create(case=case, attachment=stored, note=note.strip(), added_by=by, added_at=now)
    journal.write(by=by, verb="tolerance.proved", about=case, count=len(uploads))
    return case


@transaction.atomic
def state(*, by: Membership, case: ToleranceCase, text: str, now: datetime) -> ToleranceCase:
    """The statement of the person concerned, given once. Raises PermissionDenied, ToleranceRefused, Stale."""
    if case.person_id != by.pk:
        raise PermissionDenied(_("Only the person concerned states."))
    if not text.strip():
        raise ToleranceRefused("text")
    kept: ToleranceCase = ToleranceCase.objects.claim(
        case.pk, expect={"statement": "", "version": case.version, "state": case.State.OPEN},
        change={"statement": text.strip(), "stated_at": now, "version": case.version + 1},
    )  # fmt: skip
    journal.write(by=by, verb="tolerance.stated", about=kept)
    return kept


def involved(case: ToleranceCase, member: Membership) -> bool:
    """Whether somebody stands too near: the person, who opened it, the same department."""
    near = {one for one in (case.department_id, case.person.department_id) if one}
    return member.user_id in (case.person.user_id, case.opened_by.user_id) or member.department_id in near


@transaction.atomic
def name(*, by: Membership, case: ToleranceCase, member: Membership) -> Reviewer:
    """Name a member of the review body. Raises PermissionDenied, ToleranceRefused (involved, reader)."""
    runs(by, case)
    if not member.can(VIEW):
        raise ToleranceRefused("reader")
    if involved(case, member) or case.state not in (case.State.OPEN, case.State.REVIEW):
        raise ToleranceRefused("involved")
    try:
        with transaction.atomic():
            row: Reviewer = Reviewer.objects.create(case=case, member=member, named_by=by)
    except IntegrityError:
        raise ToleranceRefused("involved") from None
    journal.write(by=by, verb="tolerance.named", about=case, member=member.pk)
    return row


@transaction.atomic
def review(
    *, by: Membership, case: ToleranceCase, now: datetime, version: int | None = None
) -> ToleranceCase:
    """Give it to the body.

    Raises PermissionDenied, Stale, ToleranceRefused (evidence, statement, reviewers).
    """
    step = steps.admitted("review", by=by, row=case, version=version)
    if not case.evidence.exists():
        raise ToleranceRefused("evidence")
    if not case.statement:
        raise ToleranceRefused("statement")
    if case.reviewers.filter(recused_at=None).count() < least(now):
        raise ToleranceRefused("reviewers", least=least(now))
    moved: ToleranceCase = steps.take(step, by=by, row=case, verb="tolerance.reviewed")
    return moved


def _mine(by: Membership, case: ToleranceCase) -> Reviewer:
    row: Reviewer | None = case.reviewers.filter(member=by, recused_at=None).first()
    if row is None:
        raise PermissionDenied(_("Only a reviewer of this case gives an opinion."))
    if row.given_at is not None:
        raise ToleranceRefused("given")
    return row


@transaction.atomic
def opine(*, by: Membership, case: ToleranceCase, opinion: str, text: str, now: datetime) -> Reviewer:
    """An opinion in own words, once. Raises PermissionDenied, ToleranceRefused (text, given)."""
    row = _mine(by, case)
    if not text.strip():
        raise ToleranceRefused("text")
    Reviewer.objects.filter(pk=row.pk).update(opinion=opinion, text=text.strip(), given_at=now)
    journal.write(by=by, verb="tolerance.opined", about=case, opinion=opinion)
    return row


@transaction.atomic
def stand_back(*, by: Membership, case: ToleranceCase, now: datetime) -> Reviewer:
    """A reviewer who is involved after all stands back. Raises PermissionDenied, ToleranceRefused (given)."""
    row = _mine(by, case)
    Reviewer.objects.filter(pk=row.pk).update(recused_at=now)
    journal.write(by=by, verb="tolerance.stood_back", about=case)
    return row


def content_digest(case: ToleranceCase) -> str:
    """What the deciders decide about."""
    given = case.reviewers.filter(given_at__isnull=False).order_by("pk").values_list("opinion", "text")
    covers = [str(case.percent)] if case.percent is not None else []
    return digest([
        case.pk, case.proposed_outcome, case.grounds, case.statement, [list(one) for one in given], *covers,
    ])  # fmt: skip


def digest_of(approval: Approval) -> str:
    """The digest of a case as it stands now."""
    return content_digest(ToleranceCase.objects.get(pk=approval.about_id))


@transaction.atomic
def propose(
    *, by: Membership, case: ToleranceCase, outcome: str, grounds: str, chain: str, now: datetime,
    percent: Decimal | None = None, version: int | None = None,
) -> ToleranceCase:  # fmt: skip
    """Put a decision before the deciders of a chain; where partly covered, `percent` of a deduction is.

    Raises PermissionDenied, Stale, ToleranceRefused (grounds, percent, opinions), and what
    `approvals.propose` raises.
    """
    step = steps.admitted("propose", by=by, row=case, version=version)
    if not grounds.strip():
        raise ToleranceRefused("grounds")
    if outcome == Outcome.PARTLY and not (percent is not None and 0 < percent < 100):
        raise ToleranceRefused("percent")
    given = case.reviewers.filter(given_at__isnull=False).count()
    if given < least(now):
        raise ToleranceRefused("opinions", given=given, least=least(now))
    moved: ToleranceCase = steps.take(
        step, by=by, row=case, verb="tolerance.proposed", proposed_outcome=outcome, grounds=grounds.strip(),
        percent=percent if outcome == Outcome.PARTLY else None, said={"outcome": outcome},
    )  # fmt: skip
    approval = approvals.propose(
        by=by, kind=KIND, about=moved, chain=chains.in_force(chain, on=now.date(), kind=KIND),
        digest=content_digest(moved), institution=None,
        arguments={"number": moved.number, "place": moved.institution.short_name, "outcome": outcome},
    )  # fmt: skip
    ToleranceCase.objects.filter(pk=moved.pk).update(approval=approval)
    moved.refresh_from_db()
    return moved


def decided(approval: Approval, by: Membership) -> None:
    """What follows from the vote: agreed it is decided, else the body has it again."""
    case = ToleranceCase.objects.get(pk=approval.about_id)
    if approval.state == Approval.State.APPROVED:
        steps.take(
            steps.open_now("decide", case), by=by, row=case, verb="tolerance.decided", now=timezone.now(),
            outcome=case.proposed_outcome, said={"outcome": case.proposed_outcome},
        )  # fmt: skip
        return
    steps.take(steps.open_now("send_back", case), by=by, row=case, verb="tolerance.sent_back", approval=None)


registry.on_decided(KIND, decided)


@transaction.atomic
def withdraw(*, by: Membership, case: ToleranceCase, version: int | None = None) -> ToleranceCase:
    """Withdraw a case before it is proposed. Raises PermissionDenied, Stale."""
    step = steps.admitted("withdraw", by=by, row=case, version=version)
    moved: ToleranceCase = steps.take(step, by=by, row=case, verb="tolerance.withdrawn")
    return moved
