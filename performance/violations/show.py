"""What the pages of violation cases show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.ledger import facts as books
from alliance.models import Membership
from alliance.web import carrying, parts, words
from alliance.web.access import way
from performance.agreements.models import ClauseCheck
from performance.duty import facts as duties
from performance.violations import forms, tables
from performance.violations.models import RUN, Evidence, Penalty, Violation
from performance.violations.services import cases, deciding, origins, table
from performance.violations.services.uninvolved import of_the_place

Measure = Penalty.Measure


def page(row: Violation, membership: Membership, now: datetime, given: Mapping[str, Any]) -> dict[str, Any]:
    """One case. The institution reads neither who opened it nor where it comes from."""
    follows = deciding.penalties(row) if row.attempt else []
    inside = membership.institution_id is None
    return {
        "title": f"{row.number} {row.title}", "violation": row, "chip": tables.state_chip(row),
        "facts_case": facts(row, membership), "inside": inside,
        "evidence": [
            (one, _opens(one, membership)) for one in row.evidence.select_related("file", "added_by__user")
        ],
        "follows": [_penalty(one, row, membership, now, given) for one in follows],
        "shown": inside or row.state in ("decided", "closed"),
        "actions": actions(row, membership, now, given), "adding": _adding(row, membership, now, given),
        "history": parts.history(row) if inside else [],
        "papers": _papers(row), "statement_due": words.until(row.due_at) if row.due_at else "",
    }  # fmt: skip


def _papers(row: Violation) -> list[tuple[str, str]]:
    found = []
    if row.warned_at is not None:
        found.append(("notice", _("Warning notice")))
    if row.decided_at is not None:
        found.append(("decision", pgettext("violation", "Decision")))
    return found


def _opens(one: Evidence, membership: Membership) -> str:
    """Where a record opens for who may see it."""
    if one.kind == Evidence.Kind.CLUE:
        return way(membership, "clue", one.object_id)
    if one.kind == Evidence.Kind.CASE:
        return way(membership, "case", one.object_id)
    if one.kind == Evidence.Kind.CLAUSE:
        check = ClauseCheck.objects.select_related("clause").get(pk=one.object_id)
        return way(membership, "clause", check.clause.agreement_id, check.clause_id)
    kinds = {str(kind): name for name, (_source, kind) in origins.SOURCES.items()}
    thing = carrying.find(membership, kinds[one.kind], one.object_id or 0) if one.kind in kinds else None
    return thing.url if thing else ""


def offers(membership: Membership, thing: carrying.Origin) -> list[parts.Action]:
    """A case about a thing that was noticed, or the one it led to; an institution reads nothing of it."""
    signal = thing.kind == origins.PORTRAIT
    if thing.kind not in origins.SOURCES or signal != bool(thing.indicator):
        return []
    url = way(membership, "violation-open")
    if membership.institution_id is not None or not url:
        return []
    source = origins.SOURCES[thing.kind][0]
    # A portrait asks once for each of its signals: one query for all of them.
    known = membership.__dict__.setdefault("violations_of", {})
    if (source, thing.pk) not in known:
        known[source, thing.pk] = origins.cases_of(source, thing.pk)
    if row := known[source, thing.pk].get(thing.indicator if signal else ""):
        return [parts.Action(row.number, reverse("violation", args=[row.pk]), "alert", get=True)]
    asked = {"from": thing.kind, "of": thing.pk, "indicator": thing.indicator if signal else ""}
    query = urlencode({key: value for key, value in asked.items() if value})
    return [parts.Action(_("Open a violation case"), f"{url}?{query}", "alert", get=True)]


def follows(membership: Membership, kind: str, pk: int) -> list[parts.Fact]:
    """Cases about a thing are named by `offers`, in place of the button that would open another."""
    return []


def facts(row: Violation, membership: Membership) -> list[parts.Fact]:
    """What, whom, since when; inside also who opened it and where it comes from."""
    found = [
        parts.Fact(pgettext("violation", "kind"), str(row.get_kind_display())),
        parts.Fact(_("institution"), row.institution.name),
    ]
    found += letter(row, membership)
    if membership.institution_id is None:
        found += [
            parts.Fact(pgettext("violation", "comes from"), str(row.get_source_display())),
            parts.Fact(
                pgettext("violation", "opened by"), f"{row.opened_by.user} {words.moment(row.opened_at)}"
            ),
        ]
    if row.warned_at is not None:
        found.append(parts.Fact(pgettext("violation", "warned"), words.moment(row.warned_at)))
        found.append(parts.Fact(pgettext("violation", "statement until"), words.until(row.due_at)))
    if row.notified_at is not None:
        told = pgettext("violation", "told of new evidence")
        found.append(parts.Fact(told, words.moment(row.notified_at)))
    if row.stated_by is not None:
        said = f"{row.stated_by.user} {words.moment(row.stated_at)}"
        found.append(parts.Fact(pgettext("violation", "stated by"), said))
    if row.decided_by is not None and row.approval is not None:
        url = way(membership, "approval", row.approval_id)
        found.append(parts.Fact(pgettext("violation", "decided"), words.moment(row.decided_at), url))
    elif membership.institution_id is None and row.approval is not None:
        url = way(membership, "approval", row.approval_id)
        found.append(parts.Fact(_("approval"), str(row.approval.get_state_display()), url))
    return found


def letter(row: Violation, membership: Membership | None) -> list[parts.Fact]:
    """Who did it on which day, and the responsibility letter the person had signed by then, or that none."""
    found = []
    if row.person is not None:
        found.append(parts.Fact(pgettext("violation", "person"), str(row.person.user)))
    if row.happened_on is not None:
        found.append(parts.Fact(pgettext("violation", "happened on"), words.day(row.happened_on)))
    if row.person is None or row.happened_on is None:
        return found
    name, letter = _("responsibility letter"), duties.letter_on(row.person_id, row.happened_on)
    if letter is None:
        return [*found, parts.Fact(name, _("none in force on that day"))]
    seen = membership is not None and duties.reads(membership, letter.id)
    url = way(membership, "duty-letter", letter.id) if seen else ""
    said = _("version %(number)s, signed %(at)s, holds until %(day)s") % {
        "number": letter.number, "at": words.moment(letter.signed_at), "day": words.day(letter.valid_to),
    }  # fmt: skip
    return [*found, parts.Fact(name, said, url)]


def amount(one: Penalty) -> str:
    """A penalty with its number in words."""
    name = str(one.get_measure_display())
    if one.percent is not None:
        return f"{name} {words.num(one.percent, 2)} %"
    if one.fen is not None:
        return _("%(name)s %(yuan)s yuan") % {"name": name, "yuan": words.yuan(one.fen)}
    return f"{name} {one.agreement}" if one.agreement is not None else name


def _penalty(
    one: Penalty, row: Violation, membership: Membership, now: datetime, given: Mapping[str, Any]
) -> dict[str, Any]:
    url = ""
    if one.consequence_id:
        url = way(membership, "consequence", one.consequence_id)
    elif one.clawback_id:
        url = way(membership, "clawback", one.clawback_id)
    elif one.agreement_id:
        url = way(membership, "agreement", one.agreement_id)
    return {"row": one, "what": amount(one), "url": url, "actions": _carry(one, row, membership, now, given)}


def _carry(
    one: Penalty, row: Violation, membership: Membership, now: datetime, given: Mapping[str, Any]
) -> list[parts.Action]:
    """Carrying out what was decided."""
    runs = membership.institution_id is None and membership.can(RUN)
    if not runs or row.state != Violation.State.DECIDED or one.carried_at is not None:
        return []

    def action(step: str, label: str, icon: str, form: Any) -> parts.Action:
        return parts.Action(label, _act(row, step), icon, form=given.get(step) or form)

    if one.measure == Measure.DEDUCT:
        months = forms.month_choices(timezone.localdate(now))
        form = forms.MonthForm(months=months, auto_id="deduct-%s")
        return [action("deduct", _("Open the deduction…"), "coin", form)]
    if one.measure == Measure.REPAY:
        form = forms.RepayForm(months=open_months(), auto_id="repay-%s")
        paid = forms.OutcomeForm(auto_id="paid-%s")
        return [
            action("repay", _("Draft the claw-back…"), "coin", form),
            action("paid", _("Repaid elsewhere…"), "check", paid),
        ]
    return [action("end-agreement", _("End the agreement…"), "x", forms.DayForm(auto_id="endday-%s"))]


def open_months() -> list[tuple[str, str]]:
    """The open months of the books."""
    return [(str(one), words.month(one)) for one in books.open_months()]


def _act(row: Violation, step: str) -> str:
    name = step.replace("_", "-")
    return f"{reverse('violation-act', args=[row.pk, name])}?version={row.version}"


def _adding(
    row: Violation, membership: Membership, now: datetime, given: Mapping[str, Any]
) -> list[parts.Action]:
    if membership.institution_id is not None or not membership.can(RUN) or row.state in cases.SEALED:
        return []
    form = given.get("evidence") or forms.EvidenceForm(today=timezone.localdate(now), auto_id="evidence-%s")
    return [parts.Action(_("Add evidence"), _act(row, "evidence"), "plus", form=form)]


def actions(
    row: Violation, membership: Membership, now: datetime, given: Mapping[str, Any]
) -> list[parts.Action]:
    """The steps from here that the member may take now."""
    found = []
    apart = not of_the_place(membership, row) and row.opened_by.user_id != membership.user_id
    for step in row.steps_for(membership):
        form = given.get(step.name)
        if step.name == "close" and any(one.carried_at is None for one in deciding.penalties(row)):
            continue
        if step.name in ("find", "drop") and not apart:
            continue
        if step.name == "find":
            if row.state == Violation.State.WARNED and row.due_at is not None and now < row.due_at:
                continue
            rule = table.lets(row, timezone.localdate(now))
            form = form or forms.FindForm(rule=rule, institution=row.institution_id, auto_id="find-%s")
        elif step.name == "state_view":
            if row.due_at is not None and now > row.due_at:
                continue
            form = form or forms.StateForm(auto_id="state-%s")
        elif step.name != "close":
            form = form or forms.TextForm(auto_id=f"{step.name}-%s")
        kind = "" if step.name == "drop" else "primary"
        label = str(step.custom["label"])
        found.append(parts.Action(label, _act(row, step.name), step.custom["icon"], kind, form=form))
    return found


def summary(approval: Approval) -> registry.Summary:
    """What the deciders read: the facts, what the institution says, the finding, what follows."""
    row = Violation.objects.named().get(pk=approval.about_id)
    found = [
        parts.Fact(pgettext("violation", "kind"), str(row.get_kind_display())),
        parts.Fact(_("institution"), row.institution.name),
        *letter(row, None),
        parts.Fact(pgettext("violation", "facts"), row.facts),
        parts.Fact(pgettext("violation", "statement"), row.statement or _("none was made in time")),
        parts.Fact(pgettext("violation", "finding"), row.finding),
    ]
    found += [parts.Fact(pgettext("penalty", "what follows"), amount(one)) for one in deciding.penalties(row)]
    url, seen = reverse("violation", args=[row.pk]), registry.within(Violation.objects.seen_by, row.pk)
    return registry.Summary("approvals/_subject.html", {"facts": found}, url, seen)
