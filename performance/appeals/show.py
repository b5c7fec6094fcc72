"""What the pages of appeals show: numbers, state, clock, who does what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.appeals import clock, forms, second, show_cases, show_deciding, show_examining, words
from performance.appeals.services import adding, handling
from performance.models import (
    Appeal,
    AppealAddition,
    AppealFile,
    AppealLine,
)

State, About = Appeal.State, AppealLine.About
DECIDING = ("uphold", "reject")
NAMED = (
    "score__institution", "score__settlement__scheme", "value__institution", "value__settlement", "case",
    "deduction__institution", "deduction__staff", "deduction__department", "staff", "institution",
    "pay_line__pot__pool", "pay_line__pot__institution", "pay_line__pot__department__institution",
    "pay_line__pot__team", "pay_line__staff", "own__run__scheme", "own__staff",
    "appeal", "addition",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One number of an appeal: in words, where it opens, what was said of it, what is disputed."""

    kind: str
    name: str
    url: str
    said: str
    disputed: int | None
    whole: int | None
    added: datetime | None = None


@dataclass(frozen=True)
class Added:
    """An addition: its record, the evidence that came with it."""

    row: AppealAddition
    files: Sequence[AppealFile]


def lines(appeal: Appeal) -> list[AppealLine]:
    """Its lines with all that is named; one query."""
    return list(AppealLine.objects.filter(appeal=appeal).select_related(*NAMED).order_by("number"))


def rows(found: Sequence[AppealLine], member: Membership) -> list[Row]:
    """The numbers an appeal is about, each a way to where it is explained."""
    return [
        Row(str(one.get_about_display()), words.line(one), url_of(one, member), said(one), one.disputed_fen,
            one.whole_fen, one.addition.added_at if one.addition else None)
        for one in found
    ]  # fmt: skip


def said(line: AppealLine) -> str:
    """What was said to be right instead, and what was found to be."""
    right = line.appeal.right.get(str(line.number))
    if right is None or line.appeal.state not in (State.UPHELD, State.CORRECTED):
        return line.said
    if line.appeal.state == State.UPHELD:
        found = _("to be corrected to %(value)s once a second person agrees") % {
            "value": web_words.plain(Decimal(right), 6),
        }  # fmt: skip
        return f"{line.said} · {found}" if line.said else found
    found = _("corrected to %(value)s") % {"value": web_words.plain(Decimal(right), 6)}
    return f"{line.said} · {found}" if line.said else found


def url_of(line: AppealLine, member: Membership) -> str:
    """Where a number is explained; '' where the member may not open it."""
    if line.pay_line is not None:
        return way(member, "pay-why", line.pay_line_id)
    if line.score is not None:
        month = str(Month.of(line.score.settlement.month))
        return way(member, "month-why", month, line.score.institution.code)
    if line.value is not None:
        at, code = str(Month.of(line.value.settlement.month)), line.value.institution.code
        return way(member, "month-why-indicator", at, code, line.value.indicator)
    if line.own is not None:
        return way(member, "level-indicator", line.own_id, line.indicator)
    if line.case is not None:
        return way(member, "case", line.case_id)
    return way(member, "consequence", line.deduction_id)


def page(
    appeal: Appeal, member: Membership, now: datetime, given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One appeal, for one of its parties."""
    found, files = lines(appeal), files_of(appeal)
    return {
        "title": str(appeal), "appeal": appeal, "chip": words.state(appeal), "rows": rows(found, member),
        "clock_facts": clock_facts(appeal, member, now), "facts_appeal": facts(appeal, member), "now": now,
        "files": [one for one in files if one.addition_id is None],
        "waits": show_examining.waits(appeal, found, now, member),
        "additions": additions(appeal, files), "adds": adding.may_add(member, appeal),
        "affected": show_deciding.affected(appeal, member), "history": history(appeal),
        "barred_said": show_examining.barred_said(appeal, member),
        "kept": show_examining.kept(appeal, found, member),
        "actions": actions(appeal, member, now, given or {}), "running": appeal.state in Appeal.UNANSWERED,
        "bearer": appeal.get_bearer_display() if appeal.bearer else "",
    }  # fmt: skip


def history(appeal: Appeal) -> list[parts.Step]:
    """Its steps, each time it was given to somebody with whom."""
    return parts.history(appeal, notes={"assign": _("examined by %(note)s")})


def files_of(appeal: Appeal) -> list[AppealFile]:
    """Its evidence, and that of the first instance."""
    of = [pk for pk in (appeal.pk, appeal.earlier_id) if pk is not None]
    return list(
        AppealFile.objects.filter(appeal__in=of, file__deleted_at=None).select_related("file").order_by("pk")
    )


def additions(appeal: Appeal, files: Sequence[AppealFile]) -> list[Added]:
    """What was added since it was filed, oldest first; one query."""
    rows = AppealAddition.objects.filter(appeal=appeal).select_related("added_by__user").order_by("number")
    return [Added(row, [one for one in files if one.addition_id == row.pk]) for row in rows]


def clock_facts(appeal: Appeal, member: Membership, now: datetime) -> list[parts.Fact]:
    """When it was filed, which working day it is, when it is due and reported upward; of an answer whether
    who filed it may still ask for a second instance.
    """
    found = [parts.Fact(_("filed"), web_words.moment(appeal.filed_at))]
    if appeal.state in Appeal.UNANSWERED:
        limit = appeal.rule.removeprefix("WD")
        day = _("day %(day)d of %(days)s") % {"day": clock.day_of(appeal, now), "days": limit}
        found.append(parts.Fact(_("working day"), day))
        found.append(parts.Fact(_("reported upward from"), web_words.until(appeal.escalates_at)))
    found.append(parts.Fact(_("answer due"), web_words.until(appeal.due_at)))
    if appeal.due_first_at != appeal.due_at:
        found.append(parts.Fact(_("answer due when filed"), web_words.until(appeal.due_first_at)))
    if appeal.provisional:
        said = _("the holidays of that year are not published yet; counted anew then")
        found.append(parts.Fact(_("provisional calendar"), said))
    if (end := second.until(appeal)) is not None and second.entitled(appeal, member):
        until = _("until %(until)s") if now < end else _("its time ended %(until)s")
        found.append(parts.Fact(_("second instance"), until % {"until": web_words.until(end)}))
    return found


def facts(appeal: Appeal, member: Membership) -> list[parts.Fact]:
    """Who filed, examines, decided; instance, approval and books."""
    found = [
        parts.Fact(_("month"), web_words.month(appeal.month)),
        parts.Fact(_("filed by"), f"{appeal.filed_by.user} · {appeal.institution.short_name}"),
    ]
    if appeal.earlier_id is not None:
        url = way(member, "appeal", appeal.earlier_id)
        found.append(parts.Fact(_("instance"), _("second, after %(n)d") % {"n": appeal.earlier_id}, url))
    if appeal.handler is not None:
        found.append(parts.Fact(_("acknowledged"), web_words.moment(appeal.assigned_at)))
        found.append(parts.Fact(_("examined by"), _handler(appeal)))
    if appeal.decided_by is not None and appeal.decided_at is not None:
        said = f"{appeal.decided_by.user} · {web_words.moment(appeal.decided_at)}"
        found.append(parts.Fact(_("decided by"), said))
    found += show_cases.facts(appeal)
    if appeal.more_why:
        found.append(parts.Fact(_("why more than was asked for"), appeal.more_why))
    if appeal.from_month is not None:
        found.append(parts.Fact(_("changes from"), web_words.month(appeal.from_month)))
    if appeal.approval is not None:
        url = way(member, "approval", appeal.approval_id)
        found.append(parts.Fact(_("approval"), str(appeal.approval.get_state_display()), url))
    if appeal.journal is not None:
        said = _("%(posted)s, belongs to %(month)s") % {
            "posted": web_words.month(appeal.journal.period.month), "month": web_words.month(appeal.month),
        }  # fmt: skip
        found.append(parts.Fact(_("in the books of"), said, way(member, "ledger-journal", appeal.journal_id)))
    return found


def _handler(appeal: Appeal) -> str:
    """Who examines it, and since when: it may have been given on after it was acknowledged. One query."""
    since = journal.steps_of(appeal).filter(name="assign").values_list("at", flat=True).last()
    if since is None:
        return str(appeal.handler.user)  # type: ignore[union-attr]
    return _("%(name)s, since %(at)s") % {"name": appeal.handler.user, "at": web_words.moment(since)}  # type: ignore[union-attr]


def actions(
    appeal: Appeal, member: Membership, now: datetime, given: Mapping[str, Any]
) -> list[parts.Action]:
    """The steps this member may take now."""
    found = []
    version = f"?version={appeal.version}"
    barred = show_examining.examines(appeal, member) and handling.barred(member, appeal)
    for one in appeal.steps_for(member):
        if barred and one.name in DECIDING:
            continue
        label, icon = str(one.custom["label"]), one.custom["icon"]
        url = reverse("appeal-act", args=[appeal.pk, one.name]) + version
        if one.name == "assign":
            label = _("Give to somebody else…") if appeal.state == State.ASSIGNED else label
            form = given.get("assign") or forms.AssignForm(
                free=handling.candidates(appeal), auto_id="assign-%s"
            )
            kind = "primary" if appeal.state == State.FILED else ""
            found.append(parts.Action(label, url, icon, kind, form=form))
        elif one.name == "uphold":
            found.append(
                parts.Action(label, reverse("appeal-uphold", args=[appeal.pk]) + version, icon, "primary",
                             get=True)
            )  # fmt: skip
        elif one.name == "reject":
            form = given.get("reject") or forms.AnswerForm(auto_id="reject-%s")
            found.append(parts.Action(label, url, icon, form=form))
        else:
            found.append(parts.Action(label, url, icon))
    return [*found, *_second(appeal, member, now, given)]


def _second(
    appeal: Appeal, member: Membership, now: datetime, given: Mapping[str, Any]
) -> list[parts.Action]:
    """Who filed it may ask for a second instance for some days after the answer."""
    until = second.asked_until(appeal, member, now)
    if until is None:
        return []
    form = given.get("second") or forms.SecondForm(auto_id="second-%s")
    label = _("Ask for a second instance, until %(until)s…") % {"until": web_words.until(until)}
    return [parts.Action(label, reverse("appeal-act", args=[appeal.pk, "second"]), "scale", form=form)]
