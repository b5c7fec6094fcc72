"""Acknowledging and assigning an appeal, and answering it by somebody uninvolved (practice.md 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal, steps
from performance.appeals.involved import sql
from performance.appeals.refusals import AppealRefused, in_words
from performance.appeals.services import cases, correcting, effect, posting
from performance.appeals.services.correcting import Decision
from performance.deductions.services import lifting
from performance.meetings.models import Body
from performance.meetings.services import bodies
from performance.models import Appeal, AppealCorrection, AppealLine
from performance.models.appeals import DECIDE, REVIEW, VIEW

State = Appeal.State


def candidates(appeal: Appeal) -> list[Membership]:
    """Who may examine an appeal: an objection to an indicator goes to the management committee, its members
    who are not involved (S3-29, practice.md 4); any other, and where the committee has none, to uninvolved
    deciders of the alliance; is none left, to reviewers of other member institutions and of discipline
    inspection. Five queries at most.
    """
    living = list(
        Membership.objects.living().select_related("user", "institution").order_by("institution_id", "pk")
    )
    if appeal.kind == Appeal.Kind.INDICATOR and (found := _free(appeal, _committee(living))):
        return found
    own = [one for one in living if one.institution_id is None and one.can(DECIDE)]
    if found := _free(appeal, own):
        return found
    places = set(AppealLine.objects.filter(appeal=appeal).values_list("institution", flat=True))
    return _free(appeal, [one for one in living if one.can(REVIEW) and one.institution_id not in places])


def _committee(living: Sequence[Membership]) -> list[Membership]:
    """Who of the members sits in the management committee today and may open appeals."""
    seated = bodies.sitting_in(Body.Kind.MANAGEMENT, timezone.localdate())
    return [one for one in living if one.user_id in seated and one.can(VIEW)]


def _free(appeal: Appeal, members: Sequence[Membership]) -> list[Membership]:
    free = sql.uninvolved(appeal.pk, [one.pk for one in members])
    return [one for one in members if one.pk in free]


def barred(by: Membership, appeal: Appeal) -> bool:
    """Whether the member is involved in the appeal by now, by the database's own rule; one query."""
    return not sql.uninvolved(appeal.pk, [by.pk])


def check(by: Membership, appeal: Appeal) -> None:
    """Raise AppealRefused (involved_since) for an examiner who has become involved since."""
    if barred(by, appeal):
        raise AppealRefused("involved_since")


@in_words()
@transaction.atomic
def assign(
    *, by: Membership, appeal: Appeal, handler: int, now: datetime, version: int | None = None
) -> Appeal:
    """Acknowledge an appeal and give it to somebody uninvolved; again when that person cannot. What the
    earlier examiner kept of a decision stays readable for the next.

    Raises PermissionDenied, AppealRefused (nobody, handler), Stale.
    """
    step = steps.admitted("assign", by=by, row=appeal, version=version)
    free = {one.pk: one for one in candidates(appeal)}
    draft = _draft(appeal)
    kept = draft and {"by": appeal.handler_id, **draft}
    if not free:
        raise AppealRefused("nobody")
    if handler not in free:
        asked = Membership.objects.select_related("user").filter(pk=handler).first()
        raise AppealRefused("handler", name=str(asked.user) if asked else handler)
    moved: Appeal = steps.take(
        step, by=by, row=appeal, verb="appeal.assigned", handler=free[handler],
        assigned_at=appeal.assigned_at or now, said={"handler": handler}, draft=kept,
        remark=str(free[handler].user),
    )  # fmt: skip
    return moved


@in_words()
@transaction.atomic
def reject(
    *, by: Membership, appeal: Appeal, answer: str, now: datetime, version: int | None = None
) -> Appeal:
    """The number stands, with the reason. Raises PermissionDenied, AppealRefused (answer,
    involved_since), Stale.
    """
    step = steps.admitted("reject", by=by, row=appeal, version=version)
    check(by, appeal)
    moved: Appeal = steps.take(
        step, by=by, row=appeal, verb="appeal.rejected", now=now, remark=answer, draft={},
        **_answered(by, answer, now),
    )  # fmt: skip
    return moved


@transaction.atomic
def keep_draft(*, by: Membership, appeal: Appeal, typed: Mapping[str, str]) -> None:
    """Keep a decision as it was typed, for who examines it: it waits until what it corrects is in the books.
    What an earlier examiner kept stays before it. Raises PermissionDenied, Stale.
    """
    steps.require("uphold", by=by, row=appeal)
    last = _draft(appeal)
    before = last.pop("before", [])
    if last and last.get("by", by.pk) != by.pk:
        before = [last, *before]
    draft = {**typed, "by": by.pk, **({"before": before} if before else {})}
    kept = Appeal.objects.filter(pk=appeal.pk, state=State.ASSIGNED).update(draft=draft)
    if not kept:
        raise Stale(appeal)
    journal.write(by=by, verb="appeal.draft_kept", about=appeal)


def _draft(appeal: Appeal) -> dict[str, Any]:
    """The draft as it is kept now, locked: it moves without the version of the appeal."""
    rows = Appeal.objects.select_for_update(of=("self",)).filter(pk=appeal.pk)
    return dict(rows.values_list("draft", flat=True).get())


def kept_by(by: Membership, appeal: Appeal) -> dict[str, Any]:
    """The fields of a decision as this member kept them; empty where it is another's."""
    draft = dict(appeal.draft)
    mine = draft.pop("by", by.pk) == by.pk
    draft.pop("before", None)
    return draft if mine else {}


def _answered(by: Membership, answer: str, now: datetime) -> dict[str, Any]:
    if not answer.strip():
        raise AppealRefused("answer")
    return {"answer": answer.strip(), "decided_by": by, "decided_at": now}


@in_words()
@transaction.atomic
def uphold(
    *, by: Membership, appeal: Appeal, decision: Decision, answer: str, now: datetime,
    version: int | None = None,
) -> Appeal:  # fmt: skip
    """Uphold an appeal: its corrected values and correcting entries are put before a second person, whether
    money moves or not (an indicator changes from a month on, by a version of the scheme).

    Raises PermissionDenied, AppealRefused (answer, involved_since, lowers, more, and what
    `correcting.drafts` refuses), Stale, and what `approvals.propose` raises.
    """
    step = steps.admitted("uphold", by=by, row=appeal, version=version)
    check(by, appeal)
    said = _answered(by, answer, now)
    drafts = correcting.drafts(appeal, decision)
    correcting.changes(decision, drafts)
    lines = list(AppealLine.objects.filter(appeal=appeal).select_related("deduction", "case", "appeal"))
    found = effect.effect(lines, drafts)
    effect.plausible(found, decision)
    number = appeal.revision + 1
    AppealCorrection.objects.bulk_create(
        AppealCorrection(appeal=appeal, revision=number, number=place, **vars(one))
        for place, one in enumerate(drafts, start=1)
    )
    lifting.keep(appeal, number, list(lifting.lifts(lines, decision.give_back)))
    _keep_cases(appeal, number, lines, decision)
    moved: Appeal = steps.take(
        step, by=by, row=appeal, verb="appeal.upheld", remark=answer, revision=number,
        bearer=decision.bearer if drafts else "",
        from_month=decision.from_month.first_day if decision.from_month else None,
        more_why=decision.more_why.strip() if found.more else "",
        right={str(line): str(value) for line, value in decision.values.items()},
        said={"entries": len(drafts)}, draft={}, **said,
    )  # fmt: skip
    return _proposed(by, moved, now)


def _keep_cases(appeal: Appeal, number: int, lines: Sequence[AppealLine], decision: Decision) -> None:
    """What was decided about cases, with the facts of their month that follow."""
    if decision.cases:
        settlement, found = cases.settlement_of(lines), cases.fixed(lines, decision.cases)
        cases.keep(appeal, number, found, cases.facts(settlement, found))


def _proposed(by: Membership, appeal: Appeal, now: datetime) -> Appeal:
    """The correction of an upheld appeal before a second person."""
    approval = posting.propose(by=by, appeal=appeal, today=now.astimezone(SHANGHAI).date())
    Appeal.objects.filter(pk=appeal.pk).update(approval=approval, version=F("version") + 1)
    journal.write(by=by, verb="appeal.correction_proposed", about=appeal, month=str(Month.of(appeal.month)))
    found: Appeal = Appeal.objects.named().get(pk=appeal.pk)
    return found


def may_assign(by: Membership, appeal: Appeal) -> bool:
    """Whether the member acknowledges and assigns it now."""
    return any(one.name == "assign" for one in appeal.steps_for(by))
