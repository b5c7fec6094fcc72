"""A commitment letter from its draft to its settlement (S3-31; practice.md 4: target letters in January)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.lib.canonical import digest
from alliance.models import Institution, Membership
from alliance.services import journal, steps
from alliance.services.files import Upload
from performance.consequences import measures
from performance.consequences.refusals import LetterRefused
from performance.consequences.services import templates
from performance.declared.services.proving import keep
from performance.engine.commitments import Promise, Rule, check
from performance.models import Letter, LetterPromise
from performance.models.letters import FILE, RUN
from performance.services.rights import require

State = Letter.State


@transaction.atomic
def draft(*, by: Membership, institution: Institution, year: int, now: datetime) -> Letter:
    """Begin an institution's letter of a year from the template for its kind.

    Raises PermissionDenied, LetterRefused (there, template), PromiseRefused.
    """
    require(by, RUN)
    first = date(year, 1, 1)
    template, rule = templates.fitting(institution, year), measures.rule(first)
    promises = templates.resolved(template.lines(), first)
    check(promises, measures.names(promises), rule)
    try:
        with transaction.atomic():
            letter: Letter = Letter.objects.create(
                institution=institution, year=year, template=template, low=rule.low, high=rule.high,
                partial=rule.partial, drafted_by=by, drafted_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "letter_once" not in str(error):
            raise
        raise LetterRefused("there", institution=institution.short_name, year=year) from None
    _write(letter, promises)
    journal.write(by=by, verb="letter.drafted", about=letter, year=year, institution=institution.code)
    return letter


def _write(letter: Letter, promises: Sequence[Promise]) -> None:
    LetterPromise.objects.bulk_create(
        LetterPromise(
            letter=letter, revision=letter.revision, place=place, code=one.code, of=one.of, side=one.side,
            per=one.per, target=one.target or 0, share=one.share, low=letter.low, high=letter.high,
        )
        for place, one in enumerate(promises, 1)
    )  # fmt: skip


def lines_of(letter: Letter) -> list[LetterPromise]:
    """The promises of the revision that counts."""
    return list(LetterPromise.objects.filter(letter=letter, revision=letter.revision).order_by("place"))


def rule_of(letter: Letter) -> Rule:
    """The rule the letter was drafted under."""
    return Rule(letter.low, letter.high, letter.partial)


@transaction.atomic
def change(
    *, by: Membership, letter: Letter, promises: Sequence[Promise], version: int | None = None
) -> Letter:
    """Keep another content of a draft as its next revision. Raises PromiseRefused, Stale."""
    require(by, RUN)
    steps.fresh(letter, version)
    sided = [replace(one, side=measures.side_of(one.code, one.of)) for one in promises]  # type: ignore[arg-type]
    found = templates.resolved(sided, date(letter.year, 1, 1))
    check(found, measures.names(found), rule_of(letter))
    changed: Letter = Letter.objects.claim(
        letter.pk, expect={"state": State.DRAFT, "version": letter.version},
        change={"version": F("version") + 1, "revision": F("revision") + 1},
    )  # fmt: skip
    _write(changed, found)
    journal.write(by=by, verb="letter.changed", about=changed, revision=changed.revision)
    return changed


def digest_of(letter: Letter) -> str:
    """What is signed: whom, which year, every promise with its line and deduction."""
    rows = [
        [one.code, one.of, one.side, one.per, one.target.normalize(), one.share.normalize()]
        for one in lines_of(letter)
    ]
    return digest([letter.institution_id, letter.year, letter.low.normalize(), letter.high.normalize(), rows])


@transaction.atomic
def offer(*, by: Membership, letter: Letter, now: datetime, version: int | None = None) -> Letter:
    """Put a draft before the institution. Raises PermissionDenied, Stale."""
    step = steps.admitted("offer", by=by, row=letter, version=version)
    return move(step, by, letter, verb="letter.offered", offered_by=by, offered_at=now,
            digest=digest_of(letter),
    )  # fmt: skip


@transaction.atomic
def sign(
    *, by: Membership, letter: Letter, name: str, seen: str, now: datetime, version: int | None = None
) -> Letter:
    """The legal representative signs by typing the institution's full name; `seen`: digest of what was read.

    Raises PermissionDenied, LetterRefused (name, changed), Stale.
    """
    step = steps.admitted("sign", by=by, row=letter, version=version)
    if name.strip() != letter.institution.name:
        raise LetterRefused("name", institution=letter.institution.name)
    if seen != letter.digest or digest_of(letter) != letter.digest:
        raise LetterRefused("changed")
    return move(step, by, letter, verb="letter.signed", now=now, way=Letter.Way.SYSTEM, signed_by=by,
            signed_name=by.user.name, said={"digest": letter.digest},
    )  # fmt: skip


@transaction.atomic
def enter_paper(
    *, by: Membership, letter: Letter, document: str, signed_on: date, signed_name: str,
    scan: Upload | None, version: int | None = None,
) -> Letter:  # fmt: skip
    """One person enters number, day, signer and scan of the signed paper; another one checks it.

    Raises PermissionDenied, LetterRefused (document, representative, scan), DeclaredRefused (file), Stale.
    """
    step = steps.admitted("enter_paper", by=by, row=letter, version=version)
    for reason, given in (("document", document), ("representative", signed_name), ("scan", scan)):
        if not (given.strip() if isinstance(given, str) else given):
            raise LetterRefused(reason)
    assert scan is not None
    kept = keep(by=by, place=letter.institution, uploads=[scan])
    return move(step, by, letter, verb="letter.paper_entered", way=Letter.Way.PAPER, paper_by=by,
            checked_by=None, document=document.strip(), signed_on=signed_on, signed_name=signed_name.strip(),
            scan=kept[0], said={"document": document.strip()},
    )  # fmt: skip


@transaction.atomic
def check_paper(*, by: Membership, letter: Letter, now: datetime, version: int | None = None) -> Letter:
    """Another person has compared entry and scan. Raises LetterRefused (same_person), Stale."""
    step = _second("check_paper", by, letter, version)
    return move(step, by, letter, verb="letter.paper_checked", now=now, checked_by=by)


@transaction.atomic
def refuse_paper(*, by: Membership, letter: Letter, why: str, version: int | None = None) -> Letter:
    """The entry does not agree with its scan. Raises LetterRefused (why, same_person), Stale."""
    step = _second("refuse_paper", by, letter, version)
    return _explained(step, by, letter, why, verb="letter.paper_refused", way="")


def _second(name: str, by: Membership, letter: Letter, version: int | None) -> Any:
    entered = letter.paper_by
    if letter.state == State.PAPER and entered is not None and entered.user_id == by.user_id:
        raise LetterRefused("same_person")
    return steps.admitted(name, by=by, row=letter, version=version)


@transaction.atomic
def send_back(*, by: Membership, letter: Letter, why: str, version: int | None = None) -> Letter:
    """It is to be changed before anybody signs. Raises PermissionDenied, LetterRefused (why), Stale."""
    step = steps.admitted("send_back", by=by, row=letter, version=version)
    return _explained(step, by, letter, why, verb="letter.sent_back")


@transaction.atomic
def cancel(*, by: Membership, letter: Letter, why: str, version: int | None = None) -> Letter:
    """Nobody wants this letter. Raises PermissionDenied, LetterRefused (why), Stale."""
    step = steps.admitted("cancel", by=by, row=letter, version=version)
    return _explained(step, by, letter, why, verb="letter.cancelled")


def _explained(step: Any, by: Membership, letter: Letter, why: str, *, verb: str, **change: Any) -> Letter:
    if not why.strip():
        raise LetterRefused("why")
    return move(step, by, letter, verb=verb, remark=why, why=why.strip(), **change)


@transaction.atomic
def countersign(*, by: Membership, letter: Letter, now: datetime, version: int | None = None) -> Letter:
    """The alliance signs as well: the letter holds. Raises PermissionDenied, Stale."""
    step = steps.admitted("countersign", by=by, row=letter, version=version)
    return move(step, by, letter, verb="letter.in_force", now=now, countersigned_by=by)


def move(step: Any, by: Membership | None, letter: Letter, *, verb: str, **change: Any) -> Letter:
    """The letter after a step; call in a transaction."""
    moved: Letter = steps.take(step, by=by, row=letter, verb=verb, **change)
    return moved


def require_file(by: Membership, letter: Letter) -> None:
    """Raise PermissionDenied unless the member may open the scan."""
    if not by.can(FILE) or not by.sees(letter.institution_id):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
