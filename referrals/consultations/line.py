"""What the page of an episode shows: one stage after the other, each with where it stands (S2-29)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.identity import mask_name
from alliance.models import Membership
from alliance.web import parts, words
from referrals.consultations import forms
from referrals.consultations.models import Episode
from referrals.machine import CAME, NOT_GOING
from referrals.models import Referral

ENDED_WELL = ("answered", *CAME)
GIVEN_UP = ("declined", "cancelled", *NOT_GOING)


def page(episode: Episode, membership: Membership) -> dict[str, Any]:
    """The stages, the steps in the order they happened, what the member may add."""
    consultations, referrals = linked(episode)
    rehabilitation = episode.rehabilitations.select_related("institution", "begun_by__user").first()
    own = any(_own(one, membership) for one in (*consultations, *referrals)) or (
        membership.institution_id == episode.institution_id
    )
    return {
        "title": episode.title, "episode": episode, "masked": not own,
        "patient": episode.person.name if own else mask_name(episode.person.name),
        "stages": stages(consultations, referrals, rehabilitation),
        "steps": trail(episode, consultations, referrals, rehabilitation, membership),
        "actions": actions(episode, membership, rehabilitation),
    }  # fmt: skip


def linked(episode: Episode) -> tuple[list[Any], list[Any]]:
    """The consultations and the referrals of a line, in the order they were linked; one query."""
    rows = episode.links.select_related(
        "consultation__origin_institution", "consultation__target_institution",
        "referral__origin_institution", "referral__target_institution", "referral__outside",
    )  # fmt: skip
    links = list(rows)
    return [one.consultation for one in links if one.consultation], [
        one.referral for one in links if one.referral
    ]


def _own(row: Any, membership: Membership) -> bool:
    here = membership.institution_id
    return here is not None and here in (row.origin_institution_id, row.target_institution_id)


def stages(consultations: list[Any], referrals: list[Any], rehabilitation: Any) -> list[parts.Stage]:
    """Consultation, up-referral, down-referral, rehabilitation: done, under way or to come."""
    ups = [one for one in referrals if one.direction == "up"]
    downs = [one for one in referrals if one.direction == "down"]
    ended = rehabilitation is not None and rehabilitation.ended_at is not None
    last = "done" if ended else "now" if rehabilitation is not None else "next"
    return [
        parts.Stage(_("Consultation"), _state(consultations), _words(consultations)),
        parts.Stage(_("Up-referral and treatment"), _state(ups), _words(ups)),
        parts.Stage(_("Down-referral"), _state(downs), _words(downs)),
        parts.Stage(
            _("Rehabilitation"), last, [rehabilitation.institution.short_name] if rehabilitation else []
        ),
    ]


def _state(rows: list[Any]) -> str:
    living = [row for row in rows if row.state not in GIVEN_UP]
    if not living:
        return "next"
    return "done" if all(row.state in ENDED_WELL for row in living) else "now"


def _words(rows: list[Any]) -> list[str]:
    return [str(row.get_state_display()) for row in rows]


def trail(
    episode: Episode,
    consultations: list[Any],
    referrals: list[Any],
    rehabilitation: Any,
    membership: Membership,
) -> list[parts.Step]:
    """What happened, in the order it happened; a link only where the member may open it."""
    found = [
        parts.Step(
            _kind(one), f"{one.get_kind_display()} {one.number}",
            detail=_between(one, one.target_institution.short_name), at=one.asked_at,
            by=str(one.get_state_display()), url=_url("consultation", one, membership),
        )
        for one in consultations
    ]  # fmt: skip
    found += [
        parts.Step(
            _kind(one), f"{one.get_direction_display()} {one.number}",
            detail=_between(one, one.target_short), at=one.logged_at,
            by=str(one.get_state_display()), url=_url("referral", one, membership),
        )
        for one in referrals
    ]  # fmt: skip
    if rehabilitation is not None:
        told = " · ".join(filter(None, (rehabilitation.plan, rehabilitation.result)))
        place = rehabilitation.institution.short_name
        kind = "yes" if rehabilitation.ended_at else "wait"
        found.append(
            parts.Step(kind, _("Rehabilitation"), detail=f"{place}：{told}", at=rehabilitation.begun_at)
        )
    if episode.closed_at is not None:
        found.append(parts.Step("hit", _("Line completed"), detail=episode.closing, at=episode.closed_at))
    return sorted(found, key=lambda step: step.at or episode.opened_at)


def _kind(row: Any) -> str:
    if row.state in GIVEN_UP:
        return "no"
    return "yes" if row.state in ENDED_WELL else "wait"


def _between(row: Any, target: str) -> str:
    return f"{row.origin_institution.short_name} → {target}"


def _url(name: str, row: Any, membership: Membership) -> str:
    may = membership.institution_id is None or _own(row, membership)
    return reverse(name, args=[row.pk]) if may and membership.can(f"{name}.view") else ""


def actions(episode: Episode, membership: Membership, rehabilitation: Any) -> list[parts.Action]:
    """What this member may add to an open line."""
    able = membership.institution_id is not None and any(
        membership.can(right) for right in ("consultation.ask", "consultation.answer")
    )
    if not able or episode.state != Episode.State.OPEN:
        return []
    labels = {
        "link": (_("Link a referral…"), "updown"), "begin": (_("Begin rehabilitation here…"), "play"),
        "end": (_("End rehabilitation…"), "ok"), "close": (_("Complete the line…"), "check"),
    }  # fmt: skip
    shown = {
        "link": bool(linkable(episode, membership)), "begin": rehabilitation is None,
        "end": rehabilitation is not None
        and rehabilitation.ended_at is None
        and rehabilitation.institution_id == membership.institution_id,
        "close": rehabilitation is None,
    }  # fmt: skip
    return [
        parts.Action(
            label, reverse("episode-act", args=[episode.pk, step]), icon, id=f"act-{step}",
            form=form_of(step, episode, membership, None),
        )
        for step, (label, icon) in labels.items()
        if shown[step]
    ]  # fmt: skip


def linkable(episode: Episode, membership: Membership) -> dict[int, str]:
    """Referrals of the patient the member sees and no line has yet."""
    taken = episode.links.model.objects.filter(referral__isnull=False).values("referral")
    rows = Referral.objects.visible_to(membership).filter(person=episode.person_id).exclude(pk__in=taken)
    return {
        row.pk: f"{row.get_direction_display()} {row.number} {words.day(row.logged_at)}"
        for row in rows.order_by("-logged_at")[:20]
    }


def form_of(step: str, episode: Episode, membership: Membership, data: Any) -> Any:
    """The form of a step; None for a step there is not."""
    if step == "link":
        return forms.LinkForm(data, referrals=linkable(episode, membership), auto_id="link-%s")
    kind = {"begin": forms.PlanForm, "end": forms.ResultForm, "close": forms.ClosingForm}.get(step)
    return kind(data, auto_id=f"{step}-%s") if kind else None
