"""What the pages about techniques show."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.joint import facts
from alliance.joint import technique_tables as tables
from alliance.joint.forms import common
from alliance.joint.forms import techniques as forms
from alliance.joint.models import Source, Technique, TechniqueCase
from alliance.joint.show.common import tabs
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web import parts, words


def technique_page(row: Technique, membership: Membership, **given: Any) -> dict[str, Any]:
    """One technique: subsidies by day, institutions that may do it, what the office may change."""
    plans = membership.can("joint.plan") and row.state == Technique.State.OPEN
    licences = row.licences.select_related("institution")
    return {
        "title": row.name, "technique": row, "chip": tables.technique_chip(row),
        "payer": tables.payer_word(row),
        "subsidies": list(row.subsidies.all()),
        "licences": [(one, licence_actions(one, given) if plans else []) for one in licences],
        "allow": given.get("allow") or (plans and forms.LicenceForm(technique=row, auto_id="allow-%s")),
        "subsidy": given.get("subsidy") or (plans and forms.SubsidyForm(auto_id="subsidy-%s")),
        "actions": end_action(row, given) if plans else [], "history": parts.history(row),
    }  # fmt: skip


def end_action(row: Technique, given: dict[str, Any]) -> list[parts.Action]:
    """No new cases."""
    address = f"{reverse('joint-technique-act', args=[row.pk, 'end'])}?version={row.version}"
    form = given.get("end") or common.WhyForm(auto_id="end-%s")
    return [parts.Action(_("No longer spread it…"), address, "x", form=form)]


def licence_actions(one: Any, given: dict[str, Any]) -> list[parts.Action]:
    """Take the permission back."""
    if one.ended_on is not None:
        return []
    form = given.get(f"licence-{one.pk}") or forms.EndLicenceForm(auto_id=f"licence-{one.pk}-%s")
    return [parts.Action(_("Take back…"), reverse("joint-licence-end", args=[one.pk]), "x", form=form)]


def case_page(row: TechniqueCase, membership: Membership, form: Any = None) -> dict[str, Any]:
    """One case: what was done, who pays, confirm or reject for a second person or the paying side."""
    own = membership.institution_id == row.institution_id
    whom = (row.person.name if own else str(row.person)) if row.person_id else ""
    found = [
        parts.Fact(
            _("appropriate technique"), row.technique.name,
            reverse("joint-technique", args=[row.technique_id]),
        ),
        parts.Fact(_("day"), f"{row.day:%Y-%m-%d}"),
        parts.Fact(_("institution"), row.institution.name),
        parts.Fact(_("operator"), row.operator.name),
        parts.Fact(_("patient"), whom), parts.Fact(_("record number"), row.record_no),
        parts.Fact(_("subsidy (yuan)"), words.yuan(row.fen)),
        parts.Fact(_("paid from"), tables.payer_word(row)),
        parts.Fact(_("paid to"), row.institution.name),
        parts.Fact(_("entered by"), f"{row.entered_by.user.name} {words.moment(row.entered_at)}"),
        parts.Fact(_("note"), row.note), parts.Fact(_("why"), row.why),
    ]  # fmt: skip
    return {
        "title": f"{row.technique.name} {row.day:%Y-%m-%d}", "row": row, "chip": tables.case_chip(row),
        "facts_case": [one for one in found if one.value], "actions": case_actions(row, membership, form),
        "history": parts.history(row, words={"confirm": str(tables.WORDS["confirmed"])}),
    }  # fmt: skip


def case_actions(row: TechniqueCase, membership: Membership, form: Any = None) -> list[parts.Action]:
    """Confirm or reject, for another person than the one who entered it."""
    side = membership.institution_id in (None, row.institution_id, row.payer_id)
    own = row.entered_by.user_id == membership.user_id
    if row.state != TechniqueCase.State.ENTERED or own or not side or not membership.can("joint.confirm"):
        return []
    address = [
        f"{reverse('joint-case-act', args=[row.pk, step])}?version={row.version}"
        for step in ("confirm", "reject")
    ]
    why = form or common.WhyForm(auto_id=f"reject-{row.pk}-%s")
    return [
        parts.Action(_("Confirm"), address[0], "ok", "primary"),
        parts.Action(_("Reject…"), address[1], "ban", form=why),
    ]


# Subsidies of a month --------------------------------------------------------------
def subsidies_page(month: Month, membership: Membership) -> dict[str, Any]:
    """What is owed to each institution for the month, by who pays; only what concerns the member."""
    here = membership.institution_id
    owed = [one for one in facts.subsidies_owed(month) if here in (None, one.payee_id, one.payer_id)]
    ids = {one.payee_id for one in owed} | {one.payer_id for one in owed if one.payer_id}
    places = Institution.objects.in_bulk(ids)
    lines = [(one, places[one.payee_id], _payer(one, places), _cases(one, month)) for one in owed]
    work = facts.technique_facts(month, institution_id=here)
    return {
        "title": _("Subsidies for techniques"), "month": month, "before": month.plus(-1),
        "after": month.plus(1), "tabs": tabs(membership, "joint-cases"), "lines": lines,
        "total": sum(one.fen for one in owed), "figs": _figs(owed), "work": list(_by_technique(work)),
    }  # fmt: skip


def _payer(one: facts.SubsidyOwed, places: dict[int, Institution]) -> str:
    return places[one.payer_id].name if one.payer_id else str(Source(one.source).label)


def _cases(one: facts.SubsidyOwed, month: Month) -> str:
    query = {"month": month, "state": "confirmed", "institution": one.payee_id}
    return f"{reverse('joint-cases')}?{urlencode(query)}"


def _figs(owed: list[facts.SubsidyOwed]) -> list[parts.Fig]:
    return [
        parts.Fig(_("cases confirmed"), words.num(sum(one.cases for one in owed))),
        parts.Fig(_("owed (yuan)"), words.yuan(sum(one.fen for one in owed))),
        parts.Fig(_("institutions paid"), words.num(len({one.payee_id for one in owed}))),
    ]


def _by_technique(work: list[facts.TechniqueFact]) -> Iterator[tuple[str, int, int, int]]:
    """Name, cases, operators and fen of each technique."""
    names = Technique.objects.in_bulk({one.technique_id for one in work})
    for technique, rows in groupby(work, key=lambda one: one.technique_id):
        found = list(rows)
        yield (
            names[technique].name, sum(one.cases for one in found), len({one.staff_id for one in found}),
            sum(one.fen for one in found),
        )  # fmt: skip


def heads() -> list[str]:
    """Headings of the exported debts."""
    return [
        _("month"),
        _("paid from"),
        _("paid to"),
        _("code"),
        _("cases"),
        _("amount (yuan)"),
        _("numbers of the records"),
    ]


def cells(lines: Any) -> Iterator[list[Any]]:
    """Exported debts with the cases behind."""
    for one, place, payer, _url in lines:
        yield [
            str(one.month), payer, place.name, one.payee, one.cases, Decimal(one.fen) / 100,
            " ".join(map(str, one.ids)),
        ]  # fmt: skip
