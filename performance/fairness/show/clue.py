"""The page of one clue: what was seen, formula, picture, evidence, what is said, who may do what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.fairness import evidence, forms, words
from performance.fairness.detectors import ALL
from performance.fairness.services.deciding import is_involved, may_decide, measures_of
from performance.fairness.services.explaining import may_explain
from performance.fairness.show import remedies
from performance.models import Clue, ClueAnswer, ClueFile

State = Clue.State
PER_PAGE = 50


def seen(member: Membership) -> Any:
    """The clues a member sees, with what a page names."""
    rows = Clue.objects.seen_by(member).named()
    return rows.select_related("decided_by__user", "confirmed_by__user", "run")


def page(
    clue: Clue, member: Membership, now: datetime, *, number: str = "1", given: Any = None
) -> dict[str, Any]:
    """Everything the template needs; `given` maps a step to its refused form."""
    given = given or {}
    detector = ALL[clue.detector]
    records = Paginator(clue.records.order_by("pk"), PER_PAGE).get_page(number)  # type: ignore[attr-defined]
    departments = words.departments([clue])
    shown = evidence.shown(clue, list(records.object_list), member)
    explains = may_explain(member, clue) and clue.state in (State.OPEN, State.ANSWERED)
    return {
        "title": str(detector.name), "clue": clue, "places": words.places(clue), "chip": words.state(clue),
        "strength": words.severity(clue), "part": words.part(clue, departments),
        "sentence": words.sentence(clue), "lines": words.formula(clue), "chart": words.picture(clue),
        "detector": detector, "records": records,
        "evidence": shown, "tells": any(one.told for one in shown),
        "said": answers(clue), "explain": given.get("explain") or (forms.ExplainForm() if explains else None),
        "late": clue.state == State.OPEN and clue.due_at is not None and clue.due_at < now,
        "actions": actions(clue, member, now, given), "outcome": outcome(clue),
        "involved": member.institution_id is None and is_involved(member, clue),
        "history": parts.history(clue), "exceptions": clue.exceptions.filter(revoked_at=None),  # type: ignore[attr-defined]
        "kept": given.get("kept"), "remedies": remedies.of_clue(clue, member, now, given),
        "followed": remedies.others(clue, member),
    }  # fmt: skip


def answers(clue: Clue) -> list[tuple[ClueAnswer, list[ClueFile]]]:
    """What was said with its files, oldest first; two queries."""
    rows = ClueAnswer.objects.filter(clue=clue).select_related("institution", "said_by__user")
    files: dict[int, list[ClueFile]] = {}
    for one in ClueFile.objects.filter(answer__clue=clue, file__deleted_at=None).select_related("file"):
        files.setdefault(one.answer_id, []).append(one)
    return [(row, files.get(row.pk, [])) for row in rows]


def outcome(clue: Clue) -> list[parts.Fact]:
    """What was decided, by whom, why, and what should follow."""
    if clue.decided_by is None:
        return []
    found = [
        parts.Fact(_("decided by"), f"{clue.decided_by.user} {web_words.moment(clue.decided_at)}"),
        parts.Fact(_("reason"), clue.reason),
    ]
    if clue.measure:
        found.append(parts.Fact(_("what should follow"), clue.get_measure_display()))  # type: ignore[attr-defined]
    if clue.confirmed_by is not None:
        by = f"{clue.confirmed_by.user} {web_words.moment(clue.confirmed_at)}"
        found.append(parts.Fact(_("second person"), by))
    return found


def _violation(clue: Clue, member: Membership) -> list[parts.Action]:
    """What two people hold for real may become a violation case; opinions may not."""
    url = way(member, "violation-open")
    if clue.state != State.CONFIRMED or clue.confidential or member.institution_id is not None or not url:
        return []
    return [parts.Action(_("Open a violation case"), f"{url}?clue={clue.pk}", "alert", get=True)]


def actions(clue: Clue, member: Membership, now: datetime, given: Any) -> list[parts.Action]:
    """What an uninvolved decider may do now."""
    if clue.state in Clue.DECIDED or not may_decide(member, clue):
        return [*remedies.veto_action(clue, member, given), *_violation(clue, member)]

    def action(step: str, label: str, icon: str, kind: str, form: Any) -> parts.Action:
        url = f"{reverse('clue-act', args=[clue.pk, step])}?version={clue.version}"
        return parts.Action(label, url, icon, kind, form=given.get(step) or form)

    if clue.state == State.PROPOSED:
        assert clue.decided_by is not None
        if clue.decided_by.user_id == member.user_id:
            return []
        return [
            action("confirm", _("Confirm as second person"), "check", "primary", None),
            action("give-back", _("Do not agree…"), "msg", "", forms.ReasonForm(auto_id="back-%s")),
        ]
    found = [action("dismiss", _("Dismiss…"), "minus", "", forms.DismissForm(auto_id="dismiss-%s"))]
    if clue.state == State.ANSWERED:
        form = forms.ReasonForm(auto_id="accept-%s")
        found.insert(0, action("accept", _("Accept the explanation…"), "check", "primary", form))
    if clue.answers or clue.due_at is None or clue.due_at <= now:
        form = forms.ProposeForm(measures=measures_of(clue), auto_id="propose-%s")
        found.append(action("propose", _("Hold it for real…"), "flag", "", form))
    return found
