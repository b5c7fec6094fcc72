"""Episodes: consultation, referral and rehabilitation of one illness in one line (S2-29)."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.models.base import AllianceRow
from alliance.services import journal
from referrals.consultations.models import Consultation, Episode, EpisodeLink, Rehabilitation
from referrals.consultations.services.asking import own_place
from referrals.consultations.services.refusals import ConsultationRefused
from referrals.models import Referral

RIGHTS = ("consultation.ask", "consultation.answer")


@transaction.atomic
def open_episode(*, by: Membership, consultation: Consultation, now: datetime) -> Episode:
    """Begin a line with a consultation of the own house, or join the patient's open one the house sees."""
    _require(by)
    place = own_place(by)
    if not consultation.side_of(by):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    known = Episode.objects.visible_to(by).filter(person=consultation.person_id, state=Episode.State.OPEN)
    episode = known.order_by("-opened_at").first()
    if episode is None:
        episode = Episode.objects.create(
            person=consultation.person, institution=place, title=consultation.diagnosis_name, opened_by=by,
            opened_at=now,
        )  # fmt: skip
        journal.write(by=by, verb="episode.opened", about=episode)
    _link(by, episode, now, consultation=consultation)
    return episode  # type: ignore[no-any-return]


@transaction.atomic
def link_referral(*, by: Membership, episode: Episode, referral: Referral, now: datetime) -> None:
    """Put a referral of the same patient into the line. Raises ConsultationRefused (other_patient ...)."""
    _require(by)
    if referral.person_id != episode.person_id:
        raise ConsultationRefused("other_patient")
    _link(by, episode, now, referral=referral)


@transaction.atomic
def begin_rehabilitation(*, by: Membership, episode: Episode, plan: str, now: datetime) -> Rehabilitation:
    """The member's house rehabilitates the patient. Raises ConsultationRefused (plan, rehabilitated)."""
    _require(by)
    place = own_place(by)
    if not plan.strip():
        raise ConsultationRefused("plan")
    if episode.state != Episode.State.OPEN:
        raise ConsultationRefused("line_closed")
    try:
        with transaction.atomic():
            row: Rehabilitation = Rehabilitation.objects.create(
                episode=episode, institution=place, plan=plan.strip(), begun_at=now, begun_by=by
            )
    except IntegrityError as error:
        if "rehabilitation_once" not in str(error):
            raise
        raise ConsultationRefused("rehabilitated") from None
    journal.write(by=by, verb="episode.rehabilitation_begun", about=episode)
    return row


@transaction.atomic
def end_rehabilitation(*, by: Membership, episode: Episode, result: str, now: datetime) -> None:
    """The house that rehabilitates says how it went; with it the line is completed."""
    _require(by)
    row = episode.rehabilitations.filter(ended_at=None).first()
    if row is None:
        raise ConsultationRefused("not_rehabilitating")
    if row.institution_id != by.institution_id:
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if not result.strip():
        raise ConsultationRefused("rehabilitation_result")
    Rehabilitation.objects.claim(
        row.pk, expect={"ended_at": None}, change={"ended_at": now, "ended_by": by, "result": result.strip()}
    )
    close(by=by, episode=episode, closing=result, now=now)


@transaction.atomic
def close(*, by: Membership, episode: Episode, closing: str, now: datetime) -> Episode:
    """The line has come to its end, and how. Raises ConsultationRefused (closing), Stale."""
    _require(by)
    if not closing.strip():
        raise ConsultationRefused("closing")
    done: Episode = Episode.objects.claim(
        episode.pk,
        expect={"state": Episode.State.OPEN},
        change={"state": Episode.State.CLOSED, "closed_at": now, "closing": closing.strip()[:300]},
    )
    journal.write(by=by, verb="episode.closed", about=done)
    journal.step(
        by=by, about=done, name="close", before=Episode.State.OPEN, after=done.state, note=closing[:300]
    )
    return done


def _require(by: Membership) -> None:
    if not any(by.can(right) for right in RIGHTS):
        raise PermissionDenied(_("Your role does not include this step."))


def _link(by: Membership, episode: Episode, now: datetime, **what: AllianceRow) -> None:
    if episode.state != Episode.State.OPEN:
        raise ConsultationRefused("line_closed")
    try:
        with transaction.atomic():
            EpisodeLink.objects.create(episode=episode, added_by=by, added_at=now, **what)
    except IntegrityError as error:
        if "episode_of_" not in str(error):
            raise
        raise ConsultationRefused("linked") from None
    journal.write(by=by, verb="episode.linked", about=episode, **{name: row.pk for name, row in what.items()})
