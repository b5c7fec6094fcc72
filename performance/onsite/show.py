"""What the pages of visits show: one visit, its copy, rectifications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.engine.checklist import Item
from performance.models import (
    OnsiteRectification,
    OnsiteResult,
    OnsiteSample,
    OnsiteStatement,
    OnsiteVisit,
)
from performance.models.onsite import INSPECT, PLAN
from performance.onsite import crosscheck, forms, words
from performance.onsite.services import afterwards
from performance.onsite.sheet import Sheet, sheet_of

State = OnsiteVisit.State


@dataclass
class Line:
    """One item of a signed visit."""

    item: Item
    result: OnsiteResult
    said: str
    points: str
    photos: Sequence[Any] = ()
    withdrawn: Sequence[Any] = ()
    statements: list[Any] = field(default_factory=list)
    rectification: Any = None
    actions: list[parts.Action] = field(default_factory=list)

    @property
    def lost(self) -> bool:
        """Whether it cost points."""
        return bool(self.taken)

    @property
    def taken(self) -> Decimal | None:
        """The points it cost; None where the item was not judged."""
        return None if self.result.points is None else self.result.full - self.result.now


def tabs(current: str, membership: Membership) -> list[parts.Tab]:
    """The rooms of on-site assessment this member may open."""
    rooms = [("onsite", _("Visits")), ("onsite-rectifications", _("Rectification"))]
    rooms.append(("onsite-checklists", _("Checklists")))
    found = [(name, word, way(membership, name)) for name, word in rooms]
    return [parts.Tab(word, url, name == current) for name, word, url in found if url]


def rectifications_seen(membership: Membership) -> Any:
    """The rectifications of the visits a member sees."""
    rows = OnsiteRectification.objects.select_related(
        "institution", "result__visit__checklist", "result__visit__institution", "answered_by__user",
        "checked_by__user",
    )  # fmt: skip
    seen = OnsiteVisit.objects.seen_by(membership).values("pk")
    return rows.filter(result__visit__in=seen)


def page(visit: OnsiteVisit, membership: Membership, now: datetime, **given: Any) -> dict[str, Any]:
    """One visit: how it was planned and drawn, how far it is, or what was signed."""
    sheet = sheet_of(visit)
    mine = next((one for one in sheet.inspectors if one.member_id == membership.pk), None)
    signed = visit.state == State.SIGNED
    found = lines(sheet, membership, now, given.get("state"), given.get("decide")) if signed else []
    return {
        "title": visit.institution.short_name, "visit": visit, "sheet": sheet, "mine": mine,
        "chip": words.state(words.VISIT, visit), "quarter": words.quarter(visit.span),
        "figs": figures(sheet, found), "facts_visit": facts(sheet),
        "samples": [sample(one, visit) for one in visit.samples.all()],  # type: ignore[attr-defined]
        "sections": by_section(sheet, found), "progress": [] if signed else progress(sheet),
        "actions": actions(visit, membership, mine, given), "signatures": sheet.signatures,
        "history": parts.history(visit), "takes_back": signed and _is_office(membership),
        "crosscheck": crosscheck.of_visit(visit, membership) if signed else [],
    }  # fmt: skip


def _is_office(membership: Membership) -> bool:
    return membership.institution_id is None and membership.can(PLAN)


def figures(sheet: Sheet, found: Sequence[Line]) -> list[parts.Fig]:
    """Score, deductions, photos, what is still to be put right."""
    visit, photos = sheet.visit, sum(len(one) for one in sheet.photos.values())
    if visit.state != State.SIGNED:
        done = len(sheet.checklist.items) - len(sheet.waits)
        total = _("of %(n)d") % {"n": len(sheet.checklist.items)}
        return [
            parts.Fig(_("items answered"), web_words.num(done), total),
            parts.Fig(_("answered differently"), web_words.num(len(sheet.conflicts)),
                      bad=bool(sheet.conflicts)),
            parts.Fig(_("photos"), web_words.num(photos)),
        ]  # fmt: skip
    wait = sum(one.rectification is not None and one.rectification.state in
               ("open", "failed", "answered") for one in found)  # fmt: skip
    capped = _("capped by a critical item") if visit.capped else ""
    full = _("of %(n)s") % {"n": web_words.plain(visit.full)}
    return [
        parts.Fig(pgettext("on-site", "rate of points"), web_words.plain(visit.percent), "%", capped,
                  bad=visit.capped),
        parts.Fig(_("points"), web_words.plain(visit.points), full),
        parts.Fig(_("items with deductions"), web_words.num(sum(one.lost for one in found)),
                  _("of %(n)d") % {"n": len(found)}),
        parts.Fig(_("to put right"), web_words.num(wait), bad=wait > 0),
    ]  # fmt: skip


def facts(sheet: Sheet) -> list[parts.Fact]:
    """What a visit is about."""
    visit = sheet.visit
    url = reverse("onsite-checklist", args=[visit.checklist_id])
    people = "、".join(f"{one.member.user}{_(' (leads)') if one.is_lead else ''}" for one in sheet.inspectors)
    found = [
        parts.Fact(_("institution"), visit.institution.name),
        parts.Fact(_("quarter"), words.quarter(visit.span)),
        parts.Fact(_("day of the visit"), f"{visit.planned_on:%Y-%m-%d}"),
        parts.Fact(_("checklist"), str(visit.checklist), url),
        parts.Fact(_("inspectors"), people),
    ]
    if visit.institution.parent is not None:
        found.insert(1, parts.Fact(_("counts for"), visit.institution.parent.short_name))
    if visit.why:
        found.append(parts.Fact(_("why"), visit.why))
    return found


def sample(row: OnsiteSample, visit: OnsiteVisit) -> dict[str, Any]:
    """One draw with what is needed to repeat it."""
    return {
        "name": row.get_kind_display(), "drawn": row.drawn,
        "facts": [
            parts.Fact(_("drawn"), _("%(n)d of %(all)d") % {"n": len(row.drawn), "all": len(row.population)}),
            parts.Fact(_("seed"), row.seed), parts.Fact(_("rule"), row.rule),
            parts.Fact(_("digest of the list"), row.population_digest),
        ],
    }  # fmt: skip


def progress(sheet: Sheet) -> list[dict[str, Any]]:
    """How far each section is, and whose it is."""
    found = []
    for section in sheet.checklist.sections:
        codes = [item.code for item in section.items]
        owner = sheet.owner(section.code)
        found.append({
            "code": section.code, "title": section.title, "all": len(codes),
            "done": sum(code in sheet.standing for code in codes),
            "owner": str(owner.member.user) if owner else web_words.DASH,
        })  # fmt: skip
    return found


def lines(
    sheet: Sheet, membership: Membership, now: datetime, stated: Any = None, decided: Any = None
) -> list[Line]:
    """The items of a signed visit; three queries. `stated`, `decided`: (id, refused form) to show again."""
    visit = sheet.visit
    statements: dict[int, list[OnsiteStatement]] = defaultdict(list)
    named = OnsiteStatement.objects.filter(result__visit=visit).select_related(
        "by__user", "answered_by__user"
    )
    for row in named:
        statements[row.result_id].append(row)
    rights = {one.result_id: one for one in OnsiteRectification.objects.filter(result__visit=visit)}
    speaks = afterwards.speaks_for(membership, visit) and now < afterwards.statements_until(visit)
    decides = membership.institution_id is None and membership.can(PLAN)
    found = []
    for result in visit.results.select_related("answer"):  # type: ignore[attr-defined]
        line = Line(
            sheet.checklist.items[result.item], result, words.said(result.answer.answer.content),
            web_words.plain(result.now), sheet.photos.get(result.item, ()),
            sheet.withdrawn.get(result.item, ()), statements[result.pk], rights.get(result.pk),
        )  # fmt: skip
        if speaks and line.lost:
            line.actions.append(_stating(visit, result, stated))
        for one in line.statements:
            one.actions = [_deciding(visit, one, decided)] if decides and one.answered_at is None else []
        found.append(line)
    return found


def _stating(visit: OnsiteVisit, result: OnsiteResult, stated: Any) -> parts.Action:
    form = stated[1] if stated and stated[0] == result.pk else forms.StatementForm(auto_id=f"s{result.pk}-%s")
    url = reverse("onsite-state", args=[visit.pk, result.pk])
    return parts.Action(_("State your view…"), url, "msg", form=form)


def _deciding(visit: OnsiteVisit, row: OnsiteStatement, decided: Any) -> parts.Action:
    form = decided[1] if decided and decided[0] == row.pk else forms.DecisionForm(auto_id=f"d{row.pk}-%s")
    return parts.Action(_("Answer…"), reverse("onsite-decide", args=[visit.pk, row.pk]), "scale", form=form)


def by_section(sheet: Sheet, found: Iterable[Line]) -> list[tuple[Any, list[Line]]]:
    """Signed items under their headings."""
    rows: Mapping[str, Line] = {line.item.code: line for line in found}
    if not rows:
        return []
    return [
        (section, [rows[item.code] for item in section.items if item.code in rows])
        for section in sheet.checklist.sections
    ]


def actions(visit: OnsiteVisit, membership: Membership, mine: Any, given: Any) -> list[parts.Action]:
    """What this member may do with the visit now."""
    found = []
    version = f"?version={visit.version}"

    def url(step: str) -> str:
        return reverse("onsite-act", args=[visit.pk, step]) + version

    if mine and membership.can(INSPECT):
        if visit.state == State.PLANNED:
            found.append(parts.Action(_("Begin the visit"), url("start"), "play", "primary"))
        elif visit.state == State.OPEN:
            form = reverse("onsite-field", args=[visit.pk])
            found.append(parts.Action(_("Go on with the items"), form, "list", "primary", get=True))
    if visit.state == State.PLANNED and membership.institution_id is None and membership.can(PLAN):
        why = given.get("cancel") or forms.WhyForm(auto_id="cancel-%s")
        found.append(parts.Action(_("Call it off…"), url("cancel"), "x", form=why))
    if visit.state == State.SIGNED:
        copy = reverse("onsite-copy", args=[visit.pk])
        found.append(parts.Action(_("Copy to print"), copy, "printer", "primary", get=True))
        found += crosscheck.veto_action(visit, membership, given)
    return found


def rectification_page(
    row: OnsiteRectification, membership: Membership, now: datetime, **given: Any
) -> dict[str, Any]:
    """One rectification: what was found, what was put right, what the re-check found."""
    visit, result = row.result.visit, row.result
    item = visit.checklist.checklist.items[result.item]
    return {
        "title": f"{item.code} {item.text}", "row": row, "visit": visit, "item": item, "result": result,
        "chip": words.state(words.RECTIFICATION, row),
        "late": row.state in row.WITH_INSTITUTION and row.due_at < now,
        "said": words.said(result.answer.answer.content), "quarter": words.quarter(visit.span),
        "lost": web_words.plain(result.full - result.now), "full": web_words.plain(result.full),
        "photos": visit.onsitephotos.filter(item=result.item, withdrawn_at=None).select_related("file"),  # type: ignore[attr-defined]
        "proofs": row.proofs.select_related("file", "by__user"),  # type: ignore[attr-defined]
        "actions": _rectifying(row, membership, given), "history": parts.history(row),
    }  # fmt: skip


def _rectifying(row: OnsiteRectification, membership: Membership, given: Any) -> list[parts.Action]:
    def url(step: str) -> str:
        return reverse("onsite-rectify", args=[row.pk, step]) + f"?version={row.version}"

    found = []
    if row.state in row.WITH_INSTITUTION and afterwards.speaks_for(membership, row.result.visit):
        form = given.get("reply") or forms.ReplyForm(auto_id="reply-%s")
        found.append(parts.Action(_("Say what was put right…"), url("reply"), "check", "primary", form=form))
    if row.state == row.State.ANSWERED and afterwards.checks(membership, row):
        holds = given.get("close") or forms.HoldsForm(auto_id="close-%s")
        fails = given.get("fail") or forms.FailsForm(auto_id="fail-%s")
        found += [
            parts.Action(_("It is put right…"), url("close"), "check", "primary", form=holds),
            parts.Action(_("It is still so…"), url("fail"), "x", form=fails),
        ]
    return found
