"""The page of one line: the records behind it, what each side said, its differences, what one may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance.confirmation import countables, facts, forms
from alliance.confirmation.models import (
    SIDES,
    Agreement,
    Difference,
    Line,
    Picture,
    Reopening,
    Statement,
    last_day,
    other,
)
from alliance.confirmation.show import rows
from alliance.confirmation.show.rows import Row
from alliance.confirmation.standing import Standing, Word, of_lines
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import parts, words
from alliance.web.cells import chip

PER_PAGE = 100
DIFFERENCE_CHIP = {"open": "late", "answered": "warn", "settled": "ok"}
WORD_CHIP = {
    Word.CONFIRMED: "ok", Word.OBJECTED: "late", Word.ANSWERED: "warn", Word.STALE: "stale", Word.NONE: "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to the records since a side spoke: how many came and went, the ones that came."""

    came: list[countables.Record]
    went: int
    units: str

    @property
    def any(self) -> bool:
        """Whether anything is different."""
        return bool(self.came or self.went or self.units)


@dataclass(frozen=True, slots=True)
class Said:
    """One side's word in full."""

    institution: Any
    role: str
    chip: SafeString
    statement: Statement | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One difference with the buttons this member has."""

    difference: Difference
    institution: Any
    chip: SafeString
    records: list[str]
    actions: list[parts.Action]
    steps: list[parts.Step]


def standing(line: Line, now: datetime) -> Standing:
    """The line counted now."""
    counts = countables.count(Month.of(line.round.month), sides={line.giver_id})
    return of_lines([line], now=now, counts=counts)[0]


def page(line: Line, membership: Membership, now: datetime, number: Any = 1, **given: Any) -> dict[str, Any]:
    """Everything of a line's page; `given`: forms as they were sent, to show them again."""
    one, side = standing(line, now), line.side_of(membership)
    kind = countables.known().get(line.kind)
    records = Paginator(one.counted.ids, PER_PAGE).get_page(number)
    may = bool(side) and membership.can("confirmation.confirm")
    said, agreed, differences = facts.history(line.pk)
    again = list(line.reopenings.select_related("by__user"))
    names = {each.pk: each.name for each in kind.records(_meant(differences), membership)} if kind else {}
    return {
        "title": rows.title(line), "line": line, "row": Row(one, side or "giver"), "side": side, "may": may,
        "records": kind.records(list(records), membership) if kind else [], "page": records,
        "unit": rows.unit_name(line.kind), "units": rows.units(line.kind, one.counted.units),
        "said": [_said(one, each) for each in SIDES],
        "change": change(one, side, membership) if side else None,
        "confirm": rows.token(one, side) if may and one.word(side) != Word.CONFIRMED else "",
        "object": given.get("object") or (object_form(one, side) if may and not one.closed else None),
        "closed": one.closed, "last_day": last_day(one.due_at), "stale": bool(given.get("stale")),
        "acts": [reopen_action(line, given)] if one.closed and decides(membership) else [],
        "seen": rows.token(one, side) if side else "",
        "differences": [_shown(each, one, membership, names, given) for each in differences],
        "history": history(said, agreed, again), "ticked": _ticked(one, side, given),
    }  # fmt: skip


def object_form(one: Standing, side: str, data: Any = None) -> forms.ObjectForm:
    """The form in which a side says what is different, its last words in it."""
    said = one.said.get(side)
    before = said if said is not None and said.verdict == Statement.Verdict.OBJECTED else None
    return forms.ObjectForm(
        data, unit=rows.unit_name(one.line.kind), records=one.counted.ids,
        initial={
            "own_count": before.own_count if before else one.count,
            "own_units": before.own_units if before else None,
            "reason": before.reason if before else "", "text": before.text if before else "",
        },
    )  # fmt: skip


def change(one: Standing, side: str, membership: Membership) -> Change | None:
    """What came and went since the side spoke; None where it spoke about these records, or not at all."""
    said, kind = one.said.get(side), countables.known().get(one.line.kind)
    if said is None or said.digest == one.digest or kind is None:
        return None
    picture = Picture.objects.get(pk=said.picture_id)
    came = sorted(set(one.counted.ids) - set(picture.ids))
    moved = one.counted.units != picture.units
    text = f"{words.num(picture.units)} → {rows.units(one.line.kind, one.counted.units)}" if moved else ""
    return Change(
        kind.records(came[:PER_PAGE], membership), len(set(picture.ids) - set(one.counted.ids)), text
    )


def _ticked(one: Standing, side: str, given: dict[str, Any]) -> set[int]:
    """The records that were ticked: as sent, else as the side's last objection named them."""
    if "object" in given:
        return set(given["object"].ticked())
    said = one.said.get(side)
    return set(said.record_ids) if said is not None else set()


def _said(one: Standing, side: str) -> Said:
    word = one.word(side)
    return Said(
        one.line.institution_of(side), rows.role_name(one.line.kind, side),
        chip(WORD_CHIP[word], rows.WORDS[word]), one.said.get(side),
    )  # fmt: skip


def _meant(differences: Sequence[Difference]) -> list[int]:
    return sorted({pk for one in differences for pk in one.statement.record_ids})


def _shown(
    difference: Difference, one: Standing, membership: Membership, names: dict[int, str],
    given: dict[str, Any],
) -> Shown:  # fmt: skip
    return Shown(
        difference, one.line.institution_of(difference.side),
        chip(DIFFERENCE_CHIP[difference.state], difference.get_state_display()),
        [names.get(pk, str(pk)) for pk in difference.statement.record_ids],
        actions(difference, one, membership, given), parts.history(difference, words=step_words()),
    )  # fmt: skip


def step_words() -> dict[str, str]:
    """Steps of a difference in words."""
    return {
        "raise": _("Objected"), "reword": _("Said anew"), "insist": _("Not content with the answer"),
        "reply": _("Answered"), "settle": _("Settled"),
    }  # fmt: skip


def actions(
    difference: Difference, one: Standing, membership: Membership, given: dict[str, Any]
) -> list[parts.Action]:
    """Answer for the other side; after the deadline, decide for the office."""
    if difference.state == Difference.State.SETTLED:
        return []
    found, sent = [], given.get("difference") == difference.pk
    answers = one.line.side_of(membership) == other(difference.side) and membership.can(
        "confirmation.confirm"
    )
    if answers and difference.state == Difference.State.OPEN:
        form = given["answer"] if sent and "answer" in given else forms.AnswerForm(auto_id="answer-%s")
        found.append(
            parts.Action(_("Answer…"), act_url(difference, "answer"), "msg", form=form, id="act-answer")
        )
    if decides(membership) and one.late:
        form = given["settle"] if sent and "settle" in given else settle_form(one)
        found.append(
            parts.Action(_("Decide…"), act_url(difference, "settle"), "scale", form=form, id="act-settle")
        )
    return found


def decides(membership: Membership) -> bool:
    """Whether a member speaks for the office of the alliance."""
    return membership.institution_id is None and membership.can("confirmation.settle")


def reopen_action(line: Line, given: dict[str, Any]) -> parts.Action:
    """The office lets both sides speak again about what is closed."""
    form = given.get("reopen") or forms.ReopenForm(auto_id="reopen-%s")
    url = reverse("confirmation-reopen", args=[line.pk])
    return parts.Action(_("Open again…"), url, "refresh", form=form, id="act-reopen")


def settle_form(one: Standing, data: Any = None) -> forms.SettleForm:
    """The form in which the office decides; the records' count stands in it."""
    unit = rows.unit_name(one.line.kind)
    initial = {"count": one.count, "units": one.counted.units if unit else None}
    return forms.SettleForm(data, unit=unit, initial=initial, auto_id="settle-%s")


def act_url(difference: Difference, step: str) -> str:
    """Where a step of a difference is posted, with the version the page was read at."""
    return f"{reverse('confirmation-difference', args=[difference.pk, step])}?version={difference.version}"


def history(
    said: Sequence[Statement], agreed: Sequence[Agreement], again: Sequence[Reopening]
) -> list[parts.Step]:
    """Everything said about the line, when it was agreed and when opened again, oldest first."""
    steps = [(one.at, 0, _statement_step(one)) for one in said]
    steps += [
        (
            one.at, 1,
            parts.Step("hit", _("Agreed: %(n)s") % {"n": words.num(one.count)}, _short(one.digest), one.at),
        )
        for one in agreed
    ]  # fmt: skip
    steps += [
        (one.at, 2, parts.Step("wait", _("Opened again by the office"), one.text, one.at, str(one.by.user)))
        for one in again
    ]
    return [step for _at, _order, step in sorted(steps, key=lambda each: each[:2])]


def _statement_step(one: Statement) -> parts.Step:
    name, by = one.institution.short_name, str(one.by.user)
    if one.verdict == Statement.Verdict.CONFIRMED:
        text = _("%(name)s confirmed %(n)s") % {"name": name, "n": words.num(one.count)}
        return parts.Step("yes", text, _short(one.digest), one.at, by)
    text = _("%(name)s counts %(own)s, the records %(n)s") % {
        "name": name, "own": words.num(one.own_count), "n": words.num(one.count),
    }  # fmt: skip
    return parts.Step("no", text, f"{one.get_reason_display()}: {one.text}", one.at, by)


def _short(digest: str) -> str:
    return _("digest %(digest)s") % {"digest": f"{digest[:8]}…{digest[-8:]}"}
