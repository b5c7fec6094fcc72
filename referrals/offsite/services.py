"""File care elsewhere, answer within the hour, supply what was missing, withdraw (S1-48)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.lib import identity, reasons
from alliance.lib.refusal import Refused
from alliance.lib.secrets import hashed
from alliance.lib.workdays import SHANGHAI, Rule
from alliance.models import Attachment, Institution, Membership
from alliance.services import calendar, files, journal, parameters, private_links, steps
from alliance.services.files import Upload
from referrals.models import Referral
from referrals.offsite import sql
from referrals.offsite.models import ENTER, Filing, FilingFile, Kind, Round, Verdict
from referrals.services import papers

LIMIT, WARN, FILES = "qe.offsite_filing", "offsite.warn", "offsite.files_most"
PURPOSE = "offsite"
STEP = {Verdict.FILED: "file", Verdict.MORE: "more", Verdict.REFUSED: "refuse"}


class OffsiteRefused(Refused):
    """A filing cannot be taken, or an answer not given."""

    reasons = {
        "name": "Give the name as on the insurance card.",
        "city": "Say where the care will be: province and city.",
        "institution": "This institution takes no filings now. Choose another one.",
        "until_on": "The last day lies before the first. Change one of them.",
        "kind": "Choose why the care is elsewhere.",
        "filing_no": "Give the number the insurer returned.",
        "text": "Say it in words the person can act on.",
        "files": "At most %(most)d files. Leave some out.",
        "added": "Add the papers that were asked for, or say what there is instead.",
        "why": "Say why in a few words: at least two letters that say something.",
        "referral": "This referral is of another patient. Leave it out, or correct the ID number.",
    }
    fields = {"why": "text"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a filing says. `referral_no`: as on the referral's sheet, may be ''."""

    institution: Institution
    kind: str
    name: str
    id_number: str
    phone: str
    insurance: str
    city: str
    from_on: date
    hospital: str = ""
    until_on: date | None = None
    reason: str = ""
    referral_no: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """The filing, the secret of its private link, whether the same form had been taken before."""

    filing: Filing
    secret: str
    again: bool


def number_of(key: str, now: datetime) -> int:
    """A parameter in force that is a whole number."""
    return int(str(parameters.in_force(key, on=now.astimezone(SHANGHAI).date())))


def warn_span(now: datetime) -> timedelta:
    """How long before the limit it is reported upward."""
    rule = Rule.parse(parameters.rule_in_force(WARN, on=now.astimezone(SHANGHAI).date()))
    return timedelta(**{{"D": "days", "H": "hours", "M": "minutes"}[rule.unit]: rule.number})


def limit(now: datetime) -> tuple[str, datetime]:
    """The rule in force and the instant an answer is due that is asked for now."""
    rule = parameters.rule_in_force(LIMIT, on=now.astimezone(SHANGHAI).date())
    return rule, calendar.deadline(now, rule).due_at


def file(
    *, by: Membership | None, said: Said, mark: str, uploads: Sequence[Upload] = (), now: datetime
) -> Sent:
    """Take a filing and start its hour. `by` None: the person did it, without any account; the same `mark`
    is the same filing.

    Raises OffsiteRefused, identity.IdentityRefused, PermissionDenied, files.TooLarge.
    """
    if by is not None and not by.can(ENTER):
        raise PermissionDenied(_("Your role does not include this step."))
    said = checked(said)
    secret = private_links.secret(said.institution.alliance.code, PURPOSE, mark)
    known = Filing.objects.filter(mark=hashed(mark)).first()
    if known is None:
        try:
            with transaction.atomic():
                return Sent(_store(by, said, mark, secret, uploads, now), secret, again=False)
        except IntegrityError:
            # Sent twice at the same moment: the other one was faster. Anything else is no double sending.
            known = Filing.objects.filter(mark=hashed(mark)).first()
            if known is None:
                raise
    return Sent(known, secret, again=True)


def checked(said: Said) -> Said:
    """What was said, put right. Raises OffsiteRefused, identity.IdentityRefused."""
    if not said.institution.is_active:
        raise OffsiteRefused("institution")
    if said.kind not in Kind.values:
        raise OffsiteRefused("kind")
    if not said.name.strip():
        raise OffsiteRefused("name")
    if not said.city.strip():
        raise OffsiteRefused("city")
    if said.until_on is not None and said.until_on < said.from_on:
        raise OffsiteRefused("until_on")
    return replace(
        said, name=said.name.strip(), city=said.city.strip(), hospital=said.hospital.strip(),
        reason=said.reason.strip(), id_number=identity.id_number(said.id_number).number,
        phone=identity.phone(said.phone), referral_no=said.referral_no.strip(),
    )  # fmt: skip


def _referral(by: Membership | None, said: Said) -> Referral | None:
    """The patient's own referral of that number. A member is told when it is another's; the public never."""
    if not said.referral_no:
        return None
    found = Referral.objects.filter(number=said.referral_no).select_related("person").first()
    if found is not None and found.person is not None and found.person.id_number == said.id_number:
        return found  # type: ignore[no-any-return]
    if by is not None:
        raise OffsiteRefused("referral")
    return None


def _store(
    by: Membership | None, said: Said, mark: str, secret: str, uploads: Sequence[Upload], now: datetime
) -> Filing:
    day = now.astimezone(SHANGHAI).date()
    row: Filing = Filing.objects.create(
        number=f"YD-{day:%y%m%d}-{sql.next_number(day):04d}",
        channel=Filing.Channel.DESK if by else Filing.Channel.LINK, institution=said.institution,
        kind=said.kind, name=said.name, id_number=said.id_number, phone=said.phone, insurance=said.insurance,
        city=said.city, hospital=said.hospital, from_on=said.from_on, until_on=said.until_on,
        reason=said.reason, referral=_referral(by, said), entered_by=by, received_at=now,
        link_hash=hashed(secret), mark=hashed(mark),
    )  # fmt: skip
    _ask(row, 1, "", now)
    attach(by=by, filing=row, uploads=uploads, now=now)
    journal.write(by=by, verb="offsite.sent", about=row, kind=row.kind)
    journal.step(by=by, about=row, name="sent", before="", after=row.state)
    return row


def _ask(row: Filing, number: int, note: str, now: datetime) -> Round:
    rule, due = limit(now)
    made: Round = Round.objects.create(
        filing=row, number=number, note=note, asked_at=now, rule=rule, due_at=due
    )
    return made


def attach(*, by: Membership | None, filing: Filing, uploads: Sequence[Upload], now: datetime) -> None:
    """Keep photos and PDFs sealed beside a filing. Raises OffsiteRefused (files), files.TooLarge."""
    if len(uploads) > (most := number_of(FILES, now)):
        raise OffsiteRefused("files", most=most)
    for one in uploads:
        stored = files.store(
            by=by, name=one.name, content=one.content, purpose=Attachment.Purpose.SAID,
            content_type=one.content_type, limit=one.limit, institution=filing.institution,
        )  # fmt: skip
        FilingFile.objects.create(filing=filing, attachment=stored, at=now)


def of_link(secret: str) -> Filing | None:
    """The filing of a private link, in the alliance in scope; None where it opens nothing."""
    found: Filing | None = Filing.objects.filter(link_hash=hashed(secret)).named().first()
    return found


@transaction.atomic
def answer(
    *, by: Membership, filing: Filing, verdict: str, text: str = "", filing_no: str = "", now: datetime,
    version: int | None = None,
) -> Filing:  # fmt: skip
    """Answer the round that waits: filed with the insurer's number, more papers, or refused with a reason.

    A referral it belongs to is filed with it.
    Raises PermissionDenied, OffsiteRefused (text, filing_no), Stale.
    """
    step = steps.admitted(STEP[Verdict(verdict)], by=by, row=filing, version=version)
    text, filing_no = text.strip(), filing_no.strip()
    if verdict == Verdict.FILED and not filing_no:
        raise OffsiteRefused("filing_no")
    if verdict != Verdict.FILED and not text:
        raise OffsiteRefused("text")
    waiting = Round.objects.filter(filing=filing, answered_at=None)
    waiting.update(
        answered_at=now, verdict=verdict, text=text or None, answered_by=by,
        filing_no=filing_no if verdict == Verdict.FILED else None,
    )  # fmt: skip
    moved: Filing = steps.take(step, by=by, row=filing, verb=f"offsite.{verdict}", now=now, remark=text)
    if verdict == Verdict.FILED and moved.referral is not None and papers.to_be_filed(moved.referral):
        papers.filed_by_the_desk(by=by, referral=moved.referral, number=filing_no)
    return moved


@transaction.atomic
def supply(
    *, by: Membership | None, filing: Filing, note: str, uploads: Sequence[Upload], now: datetime,
    version: int | None = None,
) -> Filing:  # fmt: skip
    """Bring what was missing; a new hour begins. Raises OffsiteRefused (added, files), PermissionDenied,
    Stale, files.TooLarge.
    """
    if by is not None:
        steps.require("supply", by=by, row=filing)
    step = steps.open_now("supply", filing, version)
    if not note.strip() and not uploads:
        raise OffsiteRefused("added")
    attach(by=by, filing=filing, uploads=uploads, now=now)
    moved: Filing = steps.take(step, by=by, row=filing, verb="offsite.supplied", now=now)
    _ask(moved, moved.rounds.count() + 1, note.strip()[:500], now)
    return moved


@transaction.atomic
def withdraw(*, filing: Filing, now: datetime) -> Filing:
    """The person takes it back by the private link. Raises Stale."""
    step = steps.open_now("withdraw", filing)
    moved: Filing = steps.take(step, by=None, row=filing, verb="offsite.withdrawn", now=now)
    return moved


def reveal(*, by: Membership, filing: Filing, reason: str, request: Any = None) -> dict[str, str]:
    """Name, ID number and telephone in full, for the desk that files them; the reason is journaled.

    Raises PermissionDenied, OffsiteRefused (why).
    """
    steps.require("file", by=by, row=filing)
    if not reasons.told(reason):
        raise OffsiteRefused("why")
    journal.read(by=by, about=filing, request=request, page="offsite", reason=reason.strip()[:200])
    return {"name": str(filing.name), "id_number": str(filing.id_number), "phone": str(filing.phone)}
