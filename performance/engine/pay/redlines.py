"""The red lines of pay (practice.md 6, requirements X7-A26): what no pool may be, refused by name. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alliance.lib.money import Fen, yuan
from alliance.lib.refusal import Refused

# Lawful types of a source of pay. Those of the approved pay total count against it; retained surplus stands
# outside with its document (两个允许); what institutions settle between them never reaches a person.
WITHIN_TOTAL = frozenset({"pay_total", "fiscal"})
PERSONAL = WITHIN_TOTAL | {"retained"}
LAWFUL = PERSONAL | {"between"}
# Personal pay never depends on what is prescribed, used or ordered.
ORDERED = frozenset({"drug", "consumable", "examination", "test"})


class RedLine(Refused):
    """A pool that would cross a red line of pay; `field` of a form is named with the reason."""

    reasons = {
        "insurance": "The insurance fund buys services; it is no source of pay. Use the pay total or "
        "retained surplus.",
        "public_health": "Public-health money is earmarked and is no source of pay.",
        "source": "%(source)s is no lawful source of pay.",
        "document": "Retained surplus outside the pay total needs the number of the approving document.",
        "between": "What institutions settle between them is not paid to persons.",
        "ordered": "A basis with drugs, consumables, examinations or tests is never paid to persons.",
        "no_total": "%(institution)s has no approved pay total for %(year)s. Enter it and let a second "
        "person confirm it.",
        "over_total": "%(institution)s would exceed its approved pay total of %(year)s by %(over)s yuan: "
        "approved %(approved)s, paid %(paid)s, this pool %(fen)s.",
    }
    fields = {
        "insurance": "source", "public_health": "source", "between": "persons", "ordered": "persons",
        "no_total": "", "over_total": "",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides whether a pool is lawful: type of its source, its document, whether it ends at persons,
    and which classes of charges its basis contains.
    """

    source: str
    document: str = ""
    persons: bool = True
    charges: frozenset[str] = frozenset()


def check(terms: Terms) -> None:
    """Raise RedLine with the first line the pool would cross."""
    if terms.source in ("insurance", "public_health"):
        raise RedLine(terms.source)
    if terms.source not in LAWFUL:
        raise RedLine("source", source=terms.source)
    if terms.source == "retained" and not terms.document.strip():
        raise RedLine("document")
    if terms.persons and terms.source not in PERSONAL:
        raise RedLine("between")
    if terms.persons and terms.charges & ORDERED:
        raise RedLine("ordered")


@dataclass(frozen=True, slots=True)
class Year:
    """An institution's pay of a year: the approved total (None: nothing approved), paid, and now to pay."""

    institution: str
    year: int
    approved: Fen | None
    paid: Fen
    fen: Fen


def within_total(source: str, years: Iterable[Year]) -> None:
    """Paid this year + this month stays within the approved total. Raises RedLine (no_total, over_total)."""
    if source not in WITHIN_TOTAL:
        return
    for one in years:
        named = {"institution": one.institution, "year": one.year}
        if one.approved is None:
            raise RedLine("no_total", **named)
        over = one.paid + one.fen - one.approved
        if over > 0:
            shown = {"approved": yuan(one.approved), "paid": yuan(one.paid), "fen": yuan(one.fen)}
            raise RedLine("over_total", over=yuan(over), **named, **shown)
