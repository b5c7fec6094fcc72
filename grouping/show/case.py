"""What the page of one case shows: stay, codes, charges that tie, group with its reasons, revisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.identity import mask_id, mask_name
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.web import api, parts, words
from grouping import facts, tables, texts, visible
from grouping.engine.rows import Scheme as Package
from grouping.engine.story import Complication, Story
from grouping.engine.trace import Trace
from grouping.models import Case, CaseRevision, Document, GroupedCase, Scheme
from grouping.readers.layout import MAIN_PARTS
from grouping.services import grouping, schemes
from grouping.show import differences, payment, steps, voiding


@dataclass(frozen=True)
class Diagnosis:
    """One diagnosis: codes, name, condition on admission; as a complication: level, counted or not, why."""

    code: str
    name: str
    recorded: str
    condition: str
    level: str = ""
    counts: bool = False
    why: str = ""


@dataclass(frozen=True)
class Procedure:
    """One procedure as recorded."""

    code: str
    name: str
    recorded: str
    at: str
    level: str


@dataclass(frozen=True)
class Fee:
    """One charge in fen; `part`: already inside the line above."""

    name: str
    fen: int
    part: bool


@dataclass(frozen=True)
class Explained:
    """The scheme in force on the day of discharge, its package, and the trace of the case."""

    scheme: Scheme
    package: Package
    trace: Trace
    books: differences.Dictionaries


def load(membership: Membership) -> Any:
    """Cases the member may open, each with its group and department."""
    found = visible.documents(membership).select_related("institution", "person", "file__attachment")
    return tables.with_department(facts.with_group(found))


def page(case: Any, membership: Membership) -> dict[str, Any]:
    """All variables of the page; a delivery opens only for who may see it."""
    explained = explain(case)
    books = explained.books if explained else differences.Dictionaries({}, {})
    story = steps.story(explained.trace, explained.package) if explained else None
    olds = list(CaseRevision.objects.filter(case=case).order_by("revision"))
    opens = visible.opens(membership, [case.file_id, *(old.file_id for old in olds)])
    return {
        "title": title(case), "case": case, "facts": facts_line(case),
        "group": group_figures(case, explained),
        "explained": explained, "story": story, "attempts": steps.attempts(story) if story else [],
        **diagnoses(case, story, books), "procedures": procedures(case, books),
        "stay": stay(case), "who": who(case), **charges(case),
        "revisions": revisions(case, olds, books, opens), "source": source(case, opens),
        "payment": payment.panel(case, membership), "voiding": voiding.panel(case, membership),
        "json_url": json_url(case, membership) if explained else "",
    }  # fmt: skip


def json_url(case: Case, membership: Membership) -> str:
    """Where a program reads the same; lists have no explanation of their own there."""
    if case.document != Document.FRONT_PAGE:
        return ""
    return api.address("case-explanation", case.pk, alliance=membership.alliance)


def explain(case: Case) -> Explained | None:
    """How the case is grouped; None while no scheme is in force on its day."""
    try:
        scheme = schemes.in_force(case.discharged_at.astimezone(SHANGHAI).date())
        package = schemes.package(scheme)
    except schemes.NoScheme:
        return None
    books = differences.Dictionaries(package.diagnosis_names, package.procedure_names)
    return Explained(scheme, package, grouping.trace(case), books)


def title(case: Any) -> str:
    """The question the page answers."""
    if case.voided_at is not None:
        return _("Void: case %(record)s") % {"record": case}
    if case.drg:
        return _("Why %(record)s came to %(group)s") % {"record": case, "group": case.drg}
    return _("Case %(record)s is not yet grouped") % {"record": case}


def facts_line(case: Any) -> str:
    """Where, who, when, how long."""
    known = (
        case.institution.name,
        case.department_name or case.department_code,
        _("%(sex)s, %(age)d years") % {"sex": texts.SEXES.get(case.sex, case.sex), "age": case.age},
        _("%(first)s to %(last)s")
        % {"first": words.day(case.admitted_at), "last": words.day(case.discharged_at)},
        _("%(n)s days") % {"n": words.num(case.stay_days)},
        _("revision %(n)d") % {"n": case.revision},
    )
    return " · ".join(known)


def group_figures(case: Any, explained: Explained | None) -> list[parts.Fig]:
    """MDC, ADRG, DRG and weight as stored."""
    names = _names(explained, case) if explained else {}
    status = "" if case.group_status is None else str(GroupedCase.Status(case.group_status).label)
    weight = _("illustrative, not for payment") if explained and explained.scheme.illustrative else ""
    return [
        parts.Fig("MDC", case.mdc or words.DASH, detail=names.get("mdc", "")),
        parts.Fig("ADRG", case.adrg or words.DASH, detail=names.get("adrg", "")),
        parts.Fig("DRG", case.drg or words.DASH, detail=names.get("drg", "") or status,
                  bad=case.group_status == GroupedCase.Status.UNGROUPABLE),
        parts.Fig(_("weight"), tables.plain_weight(case.weight), detail=weight),
    ]  # fmt: skip


def _names(explained: Explained, case: Any) -> dict[str, str]:
    package = explained.package
    mdc = next((row.name for row in package.mdcs if row.code == case.mdc), "")
    adrg = next((row.name for row in package.adrgs.get(case.mdc or "", ()) if row.code == case.adrg), "")
    drg = next((row.name for row in package.drgs.get(case.adrg or "", ()) if row.code == case.drg), "")
    return {"mdc": mdc, "adrg": adrg, "drg": drg}


def diagnoses(case: Case, story: Story | None, books: differences.Dictionaries) -> dict[str, Any]:
    """Principal first; each other one with its part as a complication; how many others, how many count."""
    recorded = case.recorded.get("diagnoses", [])
    found = [
        _diagnosis(code, row, books.diagnoses) for code, row in zip(case.diagnoses, recorded, strict=False)
    ]
    levels = steps.verdicts(story.complications) if story else {}
    rows = [*found[:1], *(_as_complication(one, levels) for one in found[1:])]
    return {
        "diagnoses": rows, "others": max(len(rows) - 1, 0), "counted": sum(row.counts for row in rows),
    }  # fmt: skip


def _diagnosis(code: str, row: list[Any], names: Mapping[str, str]) -> Diagnosis:
    written, name, condition = row
    shown = str(texts.CONDITIONS.get(condition, "")) if condition else ""
    return Diagnosis(code, names.get(code) or name, written if written != code else "", shown)


def _as_complication(one: Diagnosis, levels: Mapping[str, Complication]) -> Diagnosis:
    row = levels.get(one.code)
    if row is None:
        return one
    return replace(one, level=row.level, counts=row.state == "counts", why=row.why)


def procedures(case: Case, books: differences.Dictionaries) -> list[Procedure]:
    """Main one first."""
    recorded = case.recorded.get("procedures", [])
    return [
        Procedure(
            code, books.procedures.get(code) or name, written if written != code else "",
            (at or "").replace("T", " ")[:16], str(level or ""),
        )
        for code, (written, name, at, level) in zip(case.procedures, recorded, strict=False)
    ]  # fmt: skip


def charges(case: Case) -> dict[str, Any]:
    """Charges by class, their sum, and what the total holds beyond them (fen)."""
    rows = [
        Fee(texts.column_name(column), fen, column not in MAIN_PARTS)
        for column, fen in sorted(case.fees.items())
    ]
    summed = sum(fen for column, fen in case.fees.items() if column in MAIN_PARTS)
    return {"fees": rows, "fees_sum": summed, "fees_rest": case.total_fen - summed}


def stay(case: Any) -> list[parts.Fact]:
    """When, how in, how out."""
    way = str(texts.DISCHARGE_WAYS.get(case.discharge_way, case.discharge_way))
    return [
        parts.Fact(_("admitted"), words.moment(case.admitted_at)),
        parts.Fact(_("discharged"), words.moment(case.discharged_at)),
        parts.Fact(_("days of stay"), words.num(case.stay_days)),
        parts.Fact(_("way of discharge"), f"{way} {case.receiver}".strip()),
        parts.Fact(_("total charge (yuan)"), words.yuan(case.total_fen)),
        parts.Fact(_("paid by the patient (yuan)"), words.yuan(case.own_pay_fen)),
    ]


def who(case: Case) -> list[parts.Fact]:
    """The patient, masked."""
    person = case.person
    number = mask_id(person.id_number) if person.id_number else words.DASH
    born = person.birth_date.isoformat() if person.birth_date else words.DASH
    return [
        parts.Fact(_("patient"), mask_name(person.name)),
        parts.Fact(_("ID number"), number),
        parts.Fact(_("date of birth"), born),
    ]


def source(case: Case, opens: set[int]) -> parts.Fact:
    """Which line of which delivery; with an address where the delivery is among those that open."""
    line = _("line %(line)d of %(file)s") % {"line": case.line, "file": case.file}
    return parts.Fact(_("comes from"), line, _file(case, opens))


@dataclass(frozen=True)
class Revision:
    """One revision: number, when it was replaced (None: current), its group, what it changed."""

    number: int
    replaced_at: Any
    group: str
    url: str
    line: int
    changes: list[differences.Difference]


def revisions(
    case: Case, olds: list[CaseRevision], books: differences.Dictionaries, opens: set[int]
) -> list[Revision]:
    """Newest first; each with what it changed against the one before. `olds`: oldest first."""
    rows = GroupedCase.objects.filter(case=case).order_by("pk").values_list("revision", "drg")
    groups: dict[int, str] = dict(rows)
    contents = [*(old.content for old in olds), vars(case)]
    made = [
        Revision(old.revision, old.replaced_at, groups.get(old.revision, ""), _file(old, opens), old.line, [])
        for old in olds
    ]
    current = groups.get(case.revision, "")
    made.append(Revision(case.revision, None, current, _file(case, opens), case.line, []))
    for place, old in enumerate(olds, start=1):
        found = differences.of(old.changed, contents[place - 1], contents[place], books)
        made[place].changes.extend(found)
    return made[::-1]


def _file(row: Case | CaseRevision, opens: set[int]) -> str:
    return reverse("case-file", args=[row.file_id]) if row.file_id in opens else ""
