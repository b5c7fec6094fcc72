"""What the page of an entitlement sheet shows: the rule with its parameters, every line with its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.canonical import to_plain
from alliance.models import Membership
from alliance.services import parameters
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.decided import show as decided
from performance.engine.pay import entitled
from performance.engine.pay.divided import BAND
from performance.engine.pay.surplus import handback
from performance.entitlement import forms, subjects, words
from performance.entitlement.services import cover, feeding
from performance.models import Entitlement, EntitlementKind, EntitlementLine, PayFund, PayPool
from performance.models.entitlement_kinds import POOL
from performance.models.pay import RUN
from performance.pay.show import tabs

ROOM = "pay-entitlement"  # the name of a sheet's page


@dataclass(frozen=True, slots=True)
class Shown:
    """A line: whom it is about, its formula, what it is due in fen."""

    name: str
    lines: Sequence[parts.FormulaLine]
    fen: int


def runs(membership: Membership) -> bool:
    """Whether the member enters sheets."""
    return membership.institution_id is None and membership.can(RUN)


def page(sheet: Entitlement, membership: Membership, given: Mapping[str, Any]) -> dict[str, Any]:
    """One sheet; an institution reads its own lines alone (second wall)."""
    rows = own(sheet, membership)
    pool = PayPool.objects.filter(entitlement=sheet).first()
    seen = pool is not None and PayPool.objects.seen_by(membership).filter(pk=pool.pk).exists()
    return {
        "title": str(sheet), "sheet": sheet, "chip": decided.state_chip(sheet),
        "figs": [
            parts.Fig(_("amount"), web_words.yuan(sum(row.fen for row in rows)), _("yuan")),
            parts.Fig(_("lines"), web_words.num(len(rows))),
        ],
        "above": above(sheet), "lines": shown(sheet, rows, membership),
        "given": [
            parts.Fact(words.number(name), words.value(name, value)) for name, value in sheet.head.items()
        ],
        "warning": warning(sheet, membership), "terms": terms(sheet),
        "facts_sheet": facts(sheet, membership, pool if seen else None),
        "actions": actions(sheet, membership, pool, given),
        "rooms": tabs("pay-entitlements", membership),
    }  # fmt: skip


def warning(sheet: Entitlement, membership: Membership) -> str:
    """What the source accounts lack for a sheet that waits, with the numbers; \"\" where they hold it."""
    if membership.institution_id is not None or not sheet.waits or sheet.kind not in POOL:
        return ""
    found = cover.of(sheet)
    if not found.short_fen:
        return ""
    return _(
        "The source accounts have %(held)s yuan free; with this sheet %(wanted)s yuan are confirmed to be "
        "paid of them: %(short)s yuan are missing. Who confirms says why."
    ) % {
        "held": web_words.yuan(found.held_fen), "wanted": web_words.yuan(found.wanted_fen),
        "short": web_words.yuan(found.short_fen),
    }  # fmt: skip


def above(sheet: Entitlement) -> list[parts.FormulaLine]:
    """The steps from what was given once down to what the lines divide; none of most kinds."""
    rows = list(EntitlementLine.objects.filter(sheet=sheet).values_list("given", flat=True))
    found = entitled.above({"kind": sheet.kind, "terms": sheet.terms, "head": sheet.head}, rows)
    return words.formulas(to_plain(found))


def over(sheet: Entitlement) -> list[parts.Fact]:
    """Why it was confirmed although the source accounts did not hold it."""
    if not sheet.over_why:
        return []
    said = _("%(why)s (free %(held)s yuan, to be paid %(wanted)s yuan)") % {
        "why": sheet.over_why, "held": web_words.yuan(sheet.held_fen),
        "wanted": web_words.yuan(sheet.wanted_fen),
    }  # fmt: skip
    return [parts.Fact(_("why more is confirmed"), said)]


def shown(sheet: Entitlement, rows: Sequence[EntitlementLine], membership: Membership) -> list[Shown]:
    """The lines with their formulas; the scores of a team open where they came about. Two queries for any
    number of them.
    """
    scored = subjects.scored(sheet.period, [row.team_id for row in rows if row.team_id], sheet.entered_at)
    return [
        Shown(subject(row), words.lines(
            row.parts, row.fen,
            way(membership, "level-subject", pk) or "" if (pk := scored.get(row.team_id)) else "",
        ), row.fen)
        for row in rows
    ]  # fmt: skip


def paper(sheet: Entitlement, membership: Membership) -> decided.Paper:
    """The sheet as workbook and on A4: whose line, each part and the sum, in yuan."""
    rows = own(sheet, membership)
    names = list(dict.fromkeys(part["name"] for row in rows for part in row.parts))
    return decided.Paper(
        str(sheet), [*facts(sheet, membership, None, web_words.on_paper), *terms(sheet)],
        [pgettext("entitlement", "whose"), *(words.number(name) for name in names), _("amount (yuan)")],
        [
            [subject(row), *(_of([row], name) for name in names), Decimal(row.fen) / 100] for row in rows
        ] + [[_("total"), *(_of(rows, name) for name in names), Decimal(sum(row.fen for row in rows)) / 100]],
        above(sheet),
    )  # fmt: skip


def _of(rows: Sequence[EntitlementLine], name: str) -> decided.Cell:
    """A part of lines in yuan; None where none has it."""
    found = [part["fen"] for row in rows for part in row.parts if part["name"] == name]
    return Decimal(sum(found)) / 100 if found else None


def own(sheet: Entitlement, membership: Membership) -> list[EntitlementLine]:
    """The lines the member may know."""
    rows = EntitlementLine.objects.filter(sheet=sheet).select_related(
        "institution", "department", "team", "staff"
    )
    here = membership.institution_id
    return [row for row in rows if here in (None, row.institution_id, row.institution.parent_id)]


def subject(row: EntitlementLine) -> str:
    """Whom a line is about."""
    if row.staff is not None:
        return f"{row.institution.short_name} {row.staff.name}"
    return (
        subjects.named(row.team or row.department)
        if row.team or row.department
        else str(row.institution.short_name)
    )


def terms(sheet: Entitlement) -> list[parts.Fact]:
    """The parameters the sheet was worked out by, as they held in its month."""
    chinese = (translation.get_language() or "").startswith("zh")
    known = parameters.registered()
    return [
        parts.Fact(known[key].label_zh if chinese else known[key].label_en, _plain(value, key))
        for key, value in sheet.terms.items()
    ]


def _plain(value: Any, key: str) -> str:
    if isinstance(value, dict):
        return _(", ").join(f"{_named(name)} {_plain(one, key)}" for name, one in value.items())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _(", ").join(str(one) for one in value)
    shape = parameters.registered()[key].shape
    if "fen" in (shape.type, shape.of):
        return f"{web_words.yuan(int(value))} {_('yuan')}"
    return f"{value}%" if "percent" in (shape.type, shape.of, *shape.fields.values()) else str(value)


def _named(name: str) -> str:
    return str(words.TERMS[name])


def facts(
    sheet: Entitlement, membership: Membership, pool: PayPool | None, at: Any = web_words.moment
) -> list[parts.Fact]:
    """Kind, month, decision, both people, the pool that pays it, digest."""
    whole = membership.institution_id is None
    scan = reverse("pay-entitlement-scan", args=[sheet.pk]) if whole else ""
    found = [
        parts.Fact(_("kind"), str(sheet.get_kind_display())),
        parts.Fact(_("month"), web_words.month(sheet.month)),
        *decided.decision(sheet, scan, at),
        *(over(sheet) if whole else ()),
    ]
    if pool is not None:
        found.append(
            parts.Fact(_("paid by the pool"), pool.title, way(membership, "pay-pool", pool.pk) or "")
        )
    return [*found, *rate(sheet), *beside(sheet, membership), decided.digest(sheet)]


def rate(sheet: Entitlement) -> list[parts.Fact]:
    """The surplus rate of a budget beside its band (S1-53)."""
    if BAND not in sheet.terms:
        return []
    back = handback(
        sheet.head["budget_fen"], sheet.head["actual_fen"], threshold=Decimal(0),
        band=Decimal(sheet.terms[BAND]),
    )  # fmt: skip
    said = _("%(rate)s %%, the band ends at %(band)s %%") % {"rate": back.rate, "band": sheet.terms[BAND]}
    return [parts.Fact(_("surplus rate"), said)]


def beside(sheet: Entitlement, membership: Membership) -> list[parts.Fact]:
    """The accounts a surplus feeds, and the other sheet of the same decision."""
    whole = membership.institution_id is None
    found = [
        parts.Fact(words.number(f"account_{part}"), f"{web_words.yuan(fen)} {_('yuan')}",
                   way(membership, "pay-sources") if whole else "")
        for part, fen in feeding.amounts(sheet).items()
    ]  # fmt: skip
    if sheet.kind not in (EntitlementKind.SURPLUS, EntitlementKind.SURPLUS_OTHER):
        return found
    other = Entitlement.objects.seen_by(membership).filter(
        kind__in=(EntitlementKind.SURPLUS, EntitlementKind.SURPLUS_OTHER), month=sheet.month,
        document=sheet.document, set_aside_at=None,
    ).exclude(pk=sheet.pk).first()  # fmt: skip
    if other is not None:
        url = way(membership, "pay-entitlement", other.pk)
        found.append(parts.Fact(_("of the same decision"), str(other), url or ""))
    return found


def actions(
    sheet: Entitlement, membership: Membership, pool: PayPool | None, given: Mapping[str, Any]
) -> list[parts.Action]:
    """Confirm or set aside what waits; pay what is confirmed."""
    if membership.institution_id is not None or sheet.set_aside_at is not None or pool is not None:
        return []
    if sheet.confirmed_at is not None:
        if not membership.can(RUN) or sheet.kind not in POOL or not sheet.fen:
            return []
        form = given.get("pay") or forms.PayForm(auto_id="pay-%s", initial=paying(sheet))
        url = decided.act(ROOM, sheet, "pay")
        return [parts.Action(_("Make the pool that pays it"), url, "coin", "primary", form=form)]
    asked = None
    if sheet.kind in POOL and cover.of(sheet).short_fen:
        asked = given.get("confirm") or forms.OverForm(auto_id="confirm-%s")
    return decided.deciding(sheet, membership, given, ROOM, asked)


def paying(sheet: Entitlement) -> dict[str, Any]:
    """What the form of the pool that pays it is offered with."""
    return {
        "name": str(sheet), "document": sheet.document,
        "fund": PayFund.objects.filter(code=feeding.account_of(sheet)).first(),
        "persons": sheet.kind != EntitlementKind.SURPLUS_OTHER,
    }  # fmt: skip
