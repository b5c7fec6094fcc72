"""What the pages of chains show: by which chain each kind is decided, its versions, one that is proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance.approvals import chains, entering, names, registry
from alliance.approvals.models import Approval, Chain
from alliance.approvals.show import rule_lines
from alliance.approvals.steps import parse_steps
from alliance.web.parts import Fact


@dataclass(frozen=True)
class Line:
    """One kind, or one ready chain: how it is called, by which chain it is decided since when, what comes."""

    code: str
    name: str
    chain: str
    steps: str
    since: str
    later: str
    waits: int | None


def lines(today: date) -> list[Line]:
    """The ready chains, then every kind that may have one of its own; two queries."""
    versions: dict[str, list[Chain]] = {}
    for row in Chain.objects.order_by("code", "-from_date"):
        versions.setdefault(row.code, []).append(row)
    open_ = Approval.objects.filter(kind=entering.KIND, state=Approval.State.OPEN)
    waits = {terms["code"]: pk for pk, terms in open_.values_list("pk", "terms")}
    codes = [*entering.READY, *registry.with_own_chain()]
    return [_line(code, versions.get(code, []), waits.get(code), today) for code in codes]


def _line(code: str, versions: Sequence[Chain], waits: int | None, today: date) -> Line:
    now = next((one for one in versions if one.from_date <= today), None)
    later = sum(one.from_date > today for one in versions)
    said = ngettext("%(n)d later version", "%(n)d later versions", later) % {"n": later} if later else ""
    if now is None:
        default = _("by two people, or by a chain chosen when it is proposed")
        return Line(code, called(code), default, "", "", said, waits)
    steps = " → ".join(names.of_step(one) for one in parse_steps(now.steps))
    return Line(code, called(code), names.of_chain(now), steps, now.from_date.isoformat(), said, waits)


def called(code: str) -> str:
    """A kind as approvals call it, or a ready chain by its name."""
    if code in entering.READY:
        entry = next(one for one in chains.ready_chains() if one["code"] == code)
        return _("Chain: %(name)s") % {"name": names.of_ready(entry)}
    return registry.name(code)


@dataclass(frozen=True)
class Version:
    """One version: from when, by whose decision, its steps each with who decides, its approval."""

    chain: Chain
    state: str
    steps: Sequence[tuple[str, str]]
    url: str


def versions(code: str, today: date) -> list[Version]:
    """Every version of a chain, the latest day first."""
    rows = entering.versions_of(code)
    now = next((one.pk for one in rows if one.from_date <= today), None)
    return [
        Version(
            one, "now" if one.pk == now else "later" if one.from_date > today else "past", told(one.steps),
            reverse("approval", args=[one.approval_id]) if one.approval_id else "",
        )
        for one in rows
    ]  # fmt: skip


def told(steps: Any) -> list[tuple[str, str]]:
    """Each step by name with who decides it, in words."""
    return [(names.of_step(one), "; ".join(rule_lines(one))) for one in parse_steps(steps)]


def register() -> None:
    """Make the deed known to approvals; called in the app's `ready()`."""
    registry.register(
        entering.KIND, name=gettext_lazy("Who decides"), own_chain=False, title=_title, summary=_summary,
        digest=lambda approval: entering.content(approval.terms),
    )  # fmt: skip
    registry.on_decided(entering.KIND, entering.decided)


def _title(said: Mapping[str, Any]) -> str:
    return _("%(kind)s from %(day)s") % {"kind": called(said["code"]), "day": said["from_date"]}


def _summary(approval: Approval) -> registry.Summary:
    terms = approval.terms
    held = [one for one in entering.versions_of(terms["code"])
            if one.from_date.isoformat() < terms["from_date"]]  # fmt: skip
    facts = [
        Fact(_("what is decided"), called(terms["code"])),
        Fact(_("holds from"), terms["from_date"]),
        Fact(_("decided by"), terms["decided_by"]),
        *(Fact(f"{place}. {name}", said) for place, (name, said) in enumerate(told(terms["steps"]), start=1)),
        Fact(
            _("until then"),
            " → ".join(name for name, _said in told(held[0].steps)) if held else _("no chain of its own"),
        ),
    ]
    url = reverse("chain", args=[terms["code"]])
    return registry.Summary("approvals/_subject.html", {"facts": facts}, url)
