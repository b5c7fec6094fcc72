"""The payment standard of a case on its page and for programs; never the gain or loss of the case."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Membership
from alliance.web import parts, words
from grouping.engine.tariff import Factor
from grouping.reports.paytype_show import NAMES
from grouping.services import standard
from grouping.services.standard import CaseStandard
from grouping.tables import plain_weight

WHY: dict[str, Any] = {
    "void": gettext_lazy("The case is void: it is paid by nothing."),
    "pending": gettext_lazy("The case is not yet grouped; the standard follows from its group."),
    "out_of_scope": gettext_lazy(
        "Type of payment on the day of discharge: %(type)s. No weight of a group pays it."
    ),
    "no_group": gettext_lazy("The case is in no group with a weight, so no standard can be worked out."),
    "no_weight": gettext_lazy("The scheme gives its group no weight, so no standard can be worked out."),
    "no_rate": gettext_lazy("No rate was in force on the day of discharge (%(day)s)."),
}
PARTS: dict[str, Any] = {
    "weight": gettext_lazy("weight"), "rate": gettext_lazy("rate (yuan)"),
    "coefficient": gettext_lazy("institution coefficient"), "adjustment": gettext_lazy("adjustment"),
    "quality": gettext_lazy("quality coefficient"),
}  # fmt: skip
STAGES: dict[str, tuple[str, Any]] = {
    "estimated": ("prov", gettext_lazy("estimated")), "insurer": ("info", gettext_lazy("insurer's answer")),
}  # fmt: skip


def panel(case: Any, membership: Membership) -> dict[str, Any]:
    """Variables of the panel: stage, standard with its formula or why none, what the insurer said."""
    found = standard.of(case)
    kind, word = STAGES[found.stage]
    return {
        "chip_kind": kind, "chip_word": word, "why": why(found), "facts": _facts(found, membership),
        "rates_url": _rates_url(membership) if found.why == "no_rate" else "", "stage": found.stage,
    }  # fmt: skip


def why(found: CaseStandard) -> str:
    """In words why a case has no standard; nothing where it has one."""
    if not found.why:
        return ""
    return str(WHY[found.why]) % {"type": NAMES[found.type], "day": found.day.isoformat()}


def _value(factor: Factor) -> str:
    if factor.part == "rate":
        return words.yuan(int(factor.value))
    return plain_weight(factor.value) if factor.part == "weight" else plain(factor.value)


def plain(value: Decimal) -> str:
    """A factor as decided, without the zeros a column adds."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _label(factor: Factor) -> str:
    label = factor.name or str(PARTS[factor.part])
    if factor.since is None:
        return label
    return _("%(what)s, since %(day)s") % {"what": label, "day": factor.since.isoformat()}


def _facts(found: CaseStandard, membership: Membership) -> list[parts.Fact]:
    """The factors, what they come to, and what else is known of the money, with a way to it."""
    facts = _formula(found)
    said = found.insurer
    if said is not None and said.settled_fen is not None:
        opens = membership.institution_id in (None, said.file.institution_id)
        url = reverse("central-row", args=[said.pk]) if opens else ""
        facts.append(parts.Fact(_("insurer settles (yuan)"), words.yuan(said.settled_fen), url))
        facts.append(parts.Fact(_("insurer's group"), said.drg))
    if found.listed is not None:
        url = reverse("case", args=[found.listed.pk])
        facts.append(parts.Fact(_("paid by"), _("settlement list of the stay"), url))
    return facts


def _formula(found: CaseStandard) -> list[parts.Fact]:
    """One line a factor, then what they come to."""
    if found.fen is None:
        return []
    signs = ["", *("× " for _one in found.factors[1:])]
    factors = [
        parts.Fact(_label(one), sign + _value(one)) for sign, one in zip(signs, found.factors, strict=True)
    ]
    return [*factors, parts.Fact(_("payment standard (yuan)"), f"= {words.yuan(found.fen)}")]


def _rates_url(membership: Membership) -> str:
    return reverse("tariffs") if membership.can("tariff.view") else ""


def as_json(case: Any) -> dict[str, Any]:
    """The same for programs: money in fen, factors as decimal texts, the reason as code and sentence."""
    found = standard.of(case)
    factors = found.factors if found.fen is not None else ()
    return {
        "stage": found.stage, "type": found.type, "standard_fen": found.fen,
        "why": found.why, "reason": why(found), "factors": [_factor(one) for one in factors],
        "insurer_fen": found.insurer.settled_fen if found.insurer else None,
    }  # fmt: skip


def _factor(one: Factor) -> dict[str, Any]:
    return {"part": one.part, "value": plain(one.value), "since": one.since, "name": one.name}
