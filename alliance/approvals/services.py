"""Proposing, deciding, taking in what a body decided on paper (practice.md section 4, S2-45).

Every function runs inside an open `act_in`. Deciders of one approval take turns by its row lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from alliance.approvals import errors, facts, names, registry
from alliance.approvals.facts import waiting_for
from alliance.approvals.models import Approval, Chain, Decision, OutsideDecision
from alliance.approvals.steps import Outcome, Step, outcome
from alliance.lib.canonical import to_plain
from alliance.models import Attachment, Institution, Membership
from alliance.services import journal

__all__ = ["check_outside", "decide", "enter_outside", "lapse", "propose", "waiting_for", "withdraw"]

Verdict = Decision.Verdict


@transaction.atomic
def propose(
    *,
    by: Membership,
    kind: str,
    about: models.Model,
    chain: Chain,
    digest: str,
    institution: Institution | None = None,
    terms: Mapping[str, object] | None = None,
    arguments: Mapping[str, object] | None = None,
) -> Approval:
    """Put an object before the deciders of a chain; `digest` is that of the content the proposer saw.

    `institution`: whose own matter it is (None: the whole alliance's); `terms`: what is asked beyond it;
    `arguments`: what the kind's title is worded from, in whatever language it is read.
    Raises KindUnknown, AlreadyProposed, TooFewDeciders, ContentChanged (the digest is out of date).
    """
    registered = registry.of(kind)
    approval = Approval(
        kind=kind, about_kind=about._meta.label_lower, about_id=about.pk, subject=str(about)[:200],
        digest=digest, institution=institution, terms=to_plain(terms or {}), chain=chain, steps=chain.steps,
        proposed_by=by, arguments=to_plain(arguments or {}),
    )  # fmt: skip
    if registered.digest(approval) != digest:
        raise errors.ContentChanged(approval)
    _check_deciders(approval)
    approval.waiting_roles = facts.asked(approval.current)
    try:
        with transaction.atomic():
            approval.save(force_insert=True)
    except IntegrityError as error:
        raise errors.AlreadyProposed(subject=approval.title) from error
    journal.write(by=by, verb="approval.proposed", about=approval, kind=kind, chain=chain.code)
    return approval


@transaction.atomic
def decide(
    *, by: Membership, approval: Approval, verdict: str, note: str = "", step: int | None = None
) -> Approval:
    """Give one person's verdict (yes, no, recused) in the current step, and settle the step.

    `step`: the step the person saw. Raises NotOpen, StepPassed, ContentChanged, NotYours, AlreadyDecided,
    Involved, Absent, NoteMissing (no and recused need a note), and whatever the handlers of the kind raise.
    """
    approval = _claimed(approval, step)
    if verdict != Verdict.YES and not note.strip():
        raise errors.NoteMissing()
    if approval.decisions.filter(step=approval.step, user=by.user_id).exists():
        raise errors.AlreadyDecided(step=names.of_step(approval.current))
    if not facts.may_decide(by, approval):
        raise errors.NotYours(step=names.of_step(approval.current))
    present_only = registry.of(approval.kind).present_only
    if (present_only or verdict != Verdict.RECUSED) and facts.barred(by, approval):
        raise errors.Absent() if present_only else errors.Involved()
    approval.decisions.create(
        step=approval.step, membership=by, user_id=by.user_id, verdict=Verdict(verdict), note=note
    )
    journal.write(by=by, verb=f"approval.{verdict}", about=approval, step=approval.step)
    proposer = approval.proposed_by.user_id
    return _settle(approval, by, outcome(approval.current, facts.votes(approval), proposer=proposer))


@transaction.atomic
def withdraw(*, by: Membership, approval: Approval, note: str = "") -> Approval:
    """The proposer takes a proposal back. Raises NotOpen, NotYours (somebody else's)."""
    approval = _locked(approval)
    if by.user_id != approval.proposed_by.user_id:
        raise errors.NotYours(step=names.of_step(approval.current))
    return _end(approval, by, "withdraw", note)


@transaction.atomic
def lapse(*, by: Membership | None, approval: Approval, note: str) -> Approval:
    """The room itself takes a proposal back: what was proposed is no longer so. No handler is told.

    A clock has no member. Raises NotOpen.
    """
    return _close(_locked(approval), by, "withdraw", note)


@transaction.atomic
def enter_outside(
    *,
    by: Membership,
    approval: Approval,
    verdict: str,
    decided_on: date,
    document: str,
    body: str = "",
    attachment: Attachment | None = None,
    step: int | None = None,
) -> OutsideDecision:
    """Enter a body's decision from its document (yes or no); it counts when another person has checked it.

    Raises NotOpen, StepPassed, ContentChanged, NotYours, PaperInvolved, OutsideNotAllowed, OutsideWaits.
    """
    approval = _claimed(approval, step)
    _handles_papers(by, approval)
    if not approval.current.outside:
        raise errors.OutsideNotAllowed(step=names.of_step(approval.current))
    if not facts.may_enter_paper(by, approval):
        raise errors.PaperInvolved()
    if approval.outside.filter(step=approval.step, checked_at=None).exists():
        raise errors.OutsideWaits(step=names.of_step(approval.current))
    paper = approval.outside.create(
        step=approval.step, verdict=verdict, decided_on=decided_on, document=document,
        body=body or approval.current.name, attachment=attachment, entered_by=by,
    )  # fmt: skip
    journal.write(
        by=by, verb="approval.outside_entered", about=approval, step=approval.step, document=document
    )
    return paper


@transaction.atomic
def check_outside(*, by: Membership, outside: OutsideDecision, correct: bool, note: str = "") -> Approval:
    """A second person compares an entered decision with its document; a correct one settles the step.

    Raises SamePerson (entered or proposed it), PaperInvolved, NotYours, NotOpen, StepPassed (checked or
    overtaken), ContentChanged, NoteMissing.
    """
    approval = _claimed(outside.approval, outside.step)
    _handles_papers(by, approval)
    outside = approval.outside.get(pk=outside.pk)
    if outside.checked_at is not None:
        raise errors.StepPassed(seen=outside.step, step=approval.step)
    if by.user_id in (outside.entered_by.user_id, approval.proposed_by.user_id):
        raise errors.SamePerson()
    if not facts.may_check_paper(by, approval, outside):
        raise errors.PaperInvolved()
    if not correct and not note.strip():
        raise errors.NoteMissing()
    outside.checked_by, outside.checked_at = by, timezone.now()
    outside.correct, outside.check_note = correct, note
    outside.save(update_fields=["checked_by", "checked_at", "correct", "check_note"])
    journal.write(by=by, verb="approval.outside_checked", about=approval, step=approval.step, correct=correct)
    verdict: Outcome = "passed" if outside.verdict == Verdict.YES else "declined"
    return _settle(approval, by, verdict if correct else "waiting")


def _settle(approval: Approval, by: Membership, verdict: Outcome) -> Approval:
    """Go where the step's outcome leads: nowhere yet, to the next step, or to the end."""
    if verdict == "waiting":
        return approval
    if verdict == "declined":
        return _end(approval, by, "decline")
    if approval.step == len(approval.steps):
        return _end(approval, by, "approve")
    approval.step += 1
    approval.waiting_roles = facts.asked(approval.current)
    approval.save(update_fields=["step", "waiting_roles"])
    journal.write(by=by, verb="approval.step_passed", about=approval, step=approval.step - 1)
    return approval


def _end(approval: Approval, by: Membership, transition_name: str, note: str = "") -> Approval:
    ended = _close(approval, by, transition_name, note)
    registry.tell(ended, by)
    return ended


def _close(approval: Approval, by: Membership | None, transition_name: str, note: str) -> Approval:
    before = approval.state
    getattr(approval, transition_name)()
    approval.waiting_roles = []
    approval.save(update_fields=["state", "waiting_roles"])
    journal.step(by=by, about=approval, name=transition_name, before=before, after=approval.state, note=note)
    journal.write(by=by, verb=f"approval.{approval.state}", about=approval, kind=approval.kind)
    return approval


def _locked(approval: Approval) -> Approval:
    """The approval as it is now, held until COMMIT. Raises NotOpen."""
    current = (
        Approval.objects.select_for_update(of=("self",))
        .select_related("proposed_by__user")
        .get(pk=approval.pk)
    )
    if current.state != Approval.State.OPEN:
        raise errors.NotOpen(subject=current.title, state=current.get_state_display())
    return current


def _claimed(approval: Approval, step: int | None) -> Approval:
    """Locked, at the step the person saw, and about the same content as when proposed."""
    current = _locked(approval)
    if step is not None and step != current.step:
        raise errors.StepPassed(seen=step, step=current.step)
    if registry.of(current.kind).digest(current) != current.digest:
        raise errors.ContentChanged(current)
    return current


def _handles_papers(by: Membership, approval: Approval) -> None:
    if not facts.may_handle_papers(by, approval):
        raise errors.NotYours(step=names.of_step(approval.current))


def _check_deciders(approval: Approval) -> None:
    """Each step can still pass: enough people, one of them not the proposer, or a body outside."""
    for step in _steps_by_votes(approval.chain_steps):
        proposer = approval.proposed_by.user_id
        found = facts.electors(step, institution_id=approval.institution_id, proposer=proposer)
        if len(found) < step.needed or not found - {proposer}:
            raise errors.TooFewDeciders(
                step=names.of_step(step), needed=step.needed, found=len(found - {proposer})
            )


def _steps_by_votes(steps: Iterable[Step]) -> list[Step]:
    return [step for step in steps if not step.outside]
