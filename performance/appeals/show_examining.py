"""What a page of an appeal tells who examines it: what it waits for, what bars them, what was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from performance.appeals import forms, show_deciding
from performance.appeals.services import correcting, handling
from performance.life import plan
from performance.models import Appeal, AppealLine, MonthStep, PayPot
from performance.models.pay import CONFIRM

State = Appeal.State


def waits(appeal: Appeal, found: Sequence[AppealLine], now: datetime, member: Membership) -> str:
    """What a correction waits for and until when, and to an examiner who could post it that they had better
    not; '' where nothing is in its way or the appeal is decided.
    """
    if appeal.state not in Appeal.UNANSWERED:
        return ""
    pots = correcting.waiting_pots(found)
    if not pots:
        return ""
    step = next(one for one in plan.planned(appeal.period) if one.step == MonthStep.SECOND)
    names = "、".join(f"{pot.place} ({pot.get_state_display()})" for pot in pots)
    said = {"names": names, "until": web_words.until(step.due_at)}
    if step.due_at <= now:
        late = _(
            "Not in the books yet: %(names)s. By the calendar it should have been by %(until)s: it is late "
            "since then. A correction of its lines is booked once the department has submitted its plan and "
            "the office has posted it. It is examined meanwhile and the time for the answer runs on; a "
            "decision that is typed is kept until then."
        )
        return _with_posting(late % said, appeal, member)
    text = _(
        "Not in the books yet: %(names)s. A correction of its lines is booked once the department has "
        "submitted its plan and the office has posted it, by the calendar until %(until)s. It is examined "
        "meanwhile and the time for the answer runs on; a decision that is typed is kept until then."
    )
    return _with_posting(text % said, appeal, member)


def _with_posting(text: str, appeal: Appeal, member: Membership) -> str:
    """Before it happens: who posts the pot of an appeal is involved in it from then on."""
    if not (examines(appeal, member) and member.institution_id is None and member.can(CONFIRM)):
        return text
    said = _(
        "You could post it yourself, but who posts it is involved and no longer answers this appeal: let a "
        "colleague post it."
    )
    return f"{text} {said}"


def examines(appeal: Appeal, member: Membership) -> bool:
    """Whether it is the member's to decide now."""
    return appeal.state == State.ASSIGNED and "handler" in appeal.sides_of(member)


def barred_said(appeal: Appeal, member: Membership) -> str:
    """Why the examiner no longer decides, and who gives it to somebody else; '' for any other."""
    if not examines(appeal, member) or not handling.barred(member, appeal):
        return ""
    rows = PayPot.objects.named().filter(lines__in=appeal.lines.values("pay_line"), state=PayPot.State.POSTED)
    mine = rows.filter(journal__confirmed_by__user=member.user_id).distinct().order_by("pk")
    places = "、".join(pot.place for pot in mine)
    if places:
        why = _(
            "You have posted a pot this appeal is about (%(places)s), so you are involved in it by now."
        ) % {"places": places}
    else:
        why = _(
            "You are involved in this appeal by now: you made or checked a number it is about, or your own "
            "pay or your institution's is among those it changes."
        )
    if any(one.name == "assign" for one in appeal.steps_for(member)):
        next_ = _("So you do not decide it: give it to somebody else below. What you kept stays readable.")
    else:
        next_ = _(
            "So you do not decide it: the performance office sees that and gives it to somebody else. What "
            "you kept stays readable."
        )
    return f"{why} {next_}"


@dataclass(frozen=True)
class Kept:
    """A decision somebody kept as it was typed: who, and its fields in words."""

    who: str
    facts: Sequence[parts.Fact]


def kept(appeal: Appeal, found: Sequence[AppealLine], member: Membership) -> list[Kept]:
    """Decisions kept by an earlier examiner, or by one who is involved by now; for who examines it and for
    who typed it.
    """
    drafts = [{"by": appeal.handler_id, **appeal.draft}] if appeal.draft else []
    drafts += appeal.draft.get("before", [])
    own = examines(appeal, member)
    drafts = [one for one in drafts if own or one["by"] == member.pk]
    if not drafts or (own and len(drafts) == 1 and drafts[0]["by"] == member.pk
                      and not handling.barred(member, appeal)):  # fmt: skip
        return []
    form = forms.UpholdForm(
        appeal=appeal, lines=found, facts=show_deciding.facts_to_correct(found),
        points=show_deciding.points_of(found),
    )  # fmt: skip
    known = Membership.objects.select_related("user").in_bulk([one["by"] for one in drafts])
    return [Kept(str(known[one["by"]].user), form.in_words(one)) for one in drafts]
