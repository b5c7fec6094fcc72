"""What the person does with the private link, or says to a member who takes it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.lib.secrets import hashed
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal
from complaints import machine, sql
from complaints.models import ORDERS, Addition, Complaint, Reached, Way
from complaints.models import Word as Spoken
from complaints.services import limits, merging
from complaints.services.moves import move, needed
from complaints.services.refusals import ComplaintRefused

NO_WORD: dict[str, Any] = {
    "word": "", "word_by": None, "word_who": "", "word_how": "", "word_at": None, "word_note": "",
}  # fmt: skip


def of_link(secret: str) -> Complaint | None:
    """The complaint of a private link, in the alliance in scope; None where the link opens nothing."""
    rows = Complaint.objects.filter(link_hash=hashed(secret)).with_names()
    found: Complaint | None = rows.select_related("merged_into").first()
    return found


@dataclass(frozen=True, slots=True)
class Word:
    """What a member of staff notes of the person's word: who told it, how, when, in what words."""

    who: str
    how: str
    at: datetime
    note: str


@transaction.atomic
def confirm(
    *,
    by: Membership | None,
    complaint: Complaint,
    now: datetime,
    word: Word | None = None,
    version: int | None = None,
) -> Complaint:
    """It is really solved: the complaint is closed; a duplicate stays with the one that was answered.
    `by` None is the private link.

    Raises ComplaintRefused (word_link: only the link says it; word_note, word_when), PermissionDenied, Stale.
    """
    if complaint.merged_into_id is not None:
        return _settled(by, complaint, now)
    noted = _noted("close", by, complaint, word, complaint.resolved_at, now)
    return move(
        "close", verb="complaint.confirmed",
        by=by, complaint=complaint, now=now, version=version, solved=True, note=_written(word),
        said={"said_by": "person" if by is None else "staff"}, **noted,
    )  # fmt: skip


def _settled(by: Membership | None, complaint: Complaint, now: datetime) -> Complaint:
    """The answer of the earlier one solved the duplicate too: only its own link says so."""
    told = complaint.merged_into
    if by is not None:
        raise ComplaintRefused("word_link")
    if told is None or told.state not in Complaint.GIVEN or complaint.settled_at is not None:
        raise Stale(complaint)
    sql.open_link(complaint.link_hash)
    settled: Complaint = Complaint.objects.claim(
        complaint.pk, expect={"state": complaint.state, "version": complaint.version},
        change={"settled_at": now, "version": F("version") + 1},
    )  # fmt: skip
    journal.write(by=None, verb="complaint.confirmed", about=settled, said_by="person")
    journal.step(by=None, about=settled, name="settle", before=settled.state, after=settled.state)
    return settled


@transaction.atomic
def apart(*, complaint: Complaint, reason: str, now: datetime) -> Complaint:
    """The person says by the private link that a duplicate is another matter: it goes its own way before the
    other one has its result; afterwards `reopen` says that it was not solved. Raises ComplaintRefused
    (reason), Stale.
    """
    told = complaint.merged_into
    if told is None or told.state in Complaint.GIVEN:
        raise Stale(complaint)
    return merging.separate(by=None, complaint=complaint, reason=reason, now=now)


@transaction.atomic
def reopen(
    *,
    by: Membership | None,
    complaint: Complaint,
    reason: str,
    now: datetime,
    version: int | None = None,
) -> Complaint:
    """It is not solved: the clock of the result begins anew, with the rules of now. Or it was not withdrawn
    as staff noted: the clocks stood still meanwhile, no longer.

    A first answer that was already late stays late. A duplicate goes its own way again when the one it was
    merged into has its result and did not solve it. Raises ComplaintRefused (reason; reopen_over past the
    days of `complaint.reopen`; not_open where the person withdrew it by the link), Stale.
    """
    reason, told = needed(reason, "reason", by_person=by is None), complaint.merged_into
    if told is not None and told.state not in Complaint.GIVEN:  # `apart` is what helps then
        raise ComplaintRefused("not_open", state=complaint.get_state_display())
    withdrawn = complaint.state == Complaint.State.WITHDRAWN
    if withdrawn and complaint.word != Spoken.STAFF:
        raise ComplaintRefused("not_open", state=complaint.get_state_display())
    if not may_reopen(complaint, now):
        raise ComplaintRefused("reopen_over", days=limits.days("complaint.reopen", now).days)
    if told is not None:
        return merging.separate(
            by=by, complaint=complaint, reason=reason, now=now, version=version, unsolved=True
        )
    joint = complaint.concerned.count() > 1
    again: dict[str, Any] = limits.result(now, joint=joint)
    if not withdrawn:
        again |= {"solved": False}
    elif complaint.resolved_at is None:  # who never withdrew it waits no longer for that
        again = limits.resumed(complaint, now)
    return move(
        "restore" if withdrawn and complaint.first_answered_at is None else "reopen",
        verb="complaint.reopened", by=by, complaint=complaint, now=now, version=version, note=reason,
        round=F("round") + 1, resolved_at=None, closed_at=None, verdict="", **NO_WORD, **again,
    )  # fmt: skip


def may_reopen(complaint: Complaint, now: datetime) -> bool:
    """Whether the days of `complaint.reopen` since its end are not over; of a duplicate, since the end of the
    one it was merged into.
    """
    closed = (complaint.merged_into or complaint).closed_at
    return closed is None or now <= closed + limits.days("complaint.reopen", now)


@transaction.atomic
def withdraw(
    *,
    by: Membership | None,
    complaint: Complaint,
    now: datetime,
    word: Word | None = None,
    version: int | None = None,
) -> Complaint:
    """The person takes it back by the private link (`by` None), or a member notes who said so, how and when.

    What was given or late until then stays; duplicates of other people go their own way. An order is taken
    back by the hotline: the alliance office notes its document. Raises ComplaintRefused (word_link,
    word_hotline, word_note, word_when), Stale.
    """
    noted = _noted("withdraw", by, complaint, word, complaint.received_at, now)
    if complaint.merged_into_id is not None:
        noted |= {"merged_into": None, "merged_by": None, "settled_at": None}
        noted |= limits.resumed(complaint, now)
    withdrawn = move(
        "withdraw", verb="complaint.withdrawn",
        by=by, complaint=complaint, now=now, version=version, note=_written(word),
        said={"said_by": "person" if by is None else "staff"}, **noted,
    )  # fmt: skip
    why = _("%(number)s, with which it was answered, was withdrawn") % {"number": complaint.number}
    for one in merging.duplicates_of(complaint):
        merging.separate(by=None, complaint=one, reason=why, now=now, alone=True)
    return withdrawn


def _noted(
    step: str, by: Membership | None, row: Complaint, word: Word | None, since: datetime | None, now: datetime
) -> dict[str, Any]:
    """The columns of the person's word. The database refuses "link" where the link is not opened."""
    if by is None:
        sql.open_link(row.link_hash)
        return {"word": Spoken.LINK}
    if not row.staff_may_say(step):
        raise ComplaintRefused("word_link")
    order = step == "withdraw" and row.channel in ORDERS
    if order and by.institution_id is not None:
        raise ComplaintRefused("word_hotline")
    if word is None or not word.note.strip() or word.who not in Reached.values or word.how not in Way.values:
        raise ComplaintRefused("word_note")
    if order != (word.who == Reached.HOTLINE):
        raise ComplaintRefused("word_note")
    if word.at > now or (since is not None and word.at < since.replace(second=0, microsecond=0)):
        raise ComplaintRefused("word_when")
    return {
        "word": Spoken.STAFF, "word_by": by, "word_who": word.who, "word_how": word.how, "word_at": word.at,
        "word_note": word.note.strip()[:300],
    }  # fmt: skip


def _written(word: Word | None) -> str:
    """What the history keeps of a word that staff noted."""
    if word is None:
        return ""
    at = word.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    said = (dict(Reached.choices).get(word.who, ""), dict(Way.choices).get(word.how, ""), at)
    return f"{' · '.join(str(one) for one in said)}: {word.note.strip()}"


@transaction.atomic
def add(*, by: Membership | None, complaint: Complaint, text: str, mark: str, now: datetime) -> Addition:
    """Keep what was said later; the same form sent twice is one addition. Raises ComplaintRefused."""
    text = needed(text, "text")
    if by is not None and not (complaint.sides_of(by) and by.can(machine.ENTER)):
        raise PermissionDenied(_("Only a member of the house takes a complaint down."))
    if not takes_more(complaint):
        raise ComplaintRefused("not_open", state=complaint.get_state_display())
    try:
        with transaction.atomic():
            row: Addition = Addition.objects.create(
                complaint=complaint, text=text, mark=hashed(mark), by=by, at=now
            )
    except IntegrityError:
        return Addition.objects.get(mark=hashed(mark))  # type: ignore[no-any-return]
    journal.write(by=by, verb="complaint.added", about=complaint)
    return row


def takes_more(complaint: Complaint) -> bool:
    """Whether something can be added: until its end, of a duplicate until that of the other one."""
    return (complaint.merged_into or complaint).state not in Complaint.ENDED


def say_again(*, complaint: Complaint, text: str, mark: str, now: datetime) -> Addition | None:
    """The public form of a complaint came once more: other words are kept as an addition, the same ones once.

    Raises ComplaintRefused (sent_over) where the complaint is over: the words belong into a new one.
    """
    if (text := text.strip()) == complaint.text:
        return None
    if not takes_more(complaint):
        raise ComplaintRefused("sent_over", number=complaint.number)
    return add(by=None, complaint=complaint, text=text, mark=f"{mark}:{text}", now=now)
