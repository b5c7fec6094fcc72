"""What the pages of commitment letters show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.consequences import forms, measures, records, words
from performance.consequences.measures import Clock, Reached
from performance.consequences.services import assessing, letters
from performance.engine.commitments import Promise
from performance.models import Consequence, Letter, LetterTemplate
from performance.models.letters import RUN
from performance.show import labels
from performance.show.frame import LISTED
from performance.tables.records import RECORDS

State = Letter.State
# Steps whose button opens a form; the rest act at once.
ADDRESS = {
    "sign": "sign", "enter_paper": "paper", "refuse_paper": "refuse-paper", "send_back": "send-back",
    "cancel": "cancel", "offer": "offer", "check_paper": "check-paper", "countersign": "countersign",
}  # fmt: skip
PRIMARY = ("offer", "sign", "check_paper", "countersign")


@dataclass(frozen=True)
class Sum:
    """Both sums of one month with where their records open."""

    month: str
    numerator: str
    denominator: str
    urls: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Row:
    """One promise as a row of a page."""

    name: str
    url: str
    line: str
    value: str
    forecast: str
    fulfilment: str
    length: Decimal
    standing: SafeString
    share: str
    deduction: str
    months: Sequence[Sum] = ()
    missing: Sequence[str] = ()


def band(letter: Letter) -> tuple[str, str]:
    """Least and most a breach may deduct."""
    return words.percent(letter.low), words.percent(letter.high)


def keys_of(promise: Promise) -> list[str]:
    """The facts a promise is measured by."""
    indicator = measures.indicator_of(promise)
    return [*indicator.numerator, *indicator.denominator]


def tabs(current: str, membership: Membership) -> list[parts.Tab]:
    """The pages of the room that the member may open."""
    pages = [
        ("consequences", _("Consequences")), ("aloof", _("Persistent non-collaboration")),
        ("years", _("Annual evaluations")),
        ("letters", _("Commitment letters")), ("letter-year-now", _("Who has signed")),
        ("letter-templates", _("Templates of letters")),
    ]  # fmt: skip
    ways = [(name, label, way(membership, name)) for name, label in pages]
    return [parts.Tab(label, url, name == current) for name, label, url in ways if url]


def page(letter: Letter, membership: Membership, today: date, **given: Any) -> dict[str, Any]:
    """One letter: promises with what they have come to, signatures, what the member may do now."""
    rows, clock = _rows(letter, membership, today), Clock.at(letter.year, today)
    running = letter.state in (State.IN_FORCE, *assessing.JUDGED)
    found = Consequence.objects.seen_by(membership).filter(letter=letter).order_by("-pk")
    return {
        "title": _("Commitment letter %(year)s of %(name)s")
        % {"year": letter.year, "name": letter.institution.short_name},
        "letter": letter, "chip": words.letter_chip(letter), "rows": rows, "running": running,
        "months": len(clock.months), "over": clock.over, "facts_letter": facts(letter),
        "consequences": [(one, words.state_chip(one), words.percent(one.percent)) for one in found],
        "actions": actions(letter, membership, clock, given), "history": parts.history(letter),
        "edits": letter.state == State.DRAFT and membership.institution_id is None and membership.can(RUN),
        "band": band(letter),
        "partial": words.percent(letter.partial), "tabs": tabs("letters", membership),
    }  # fmt: skip


def _rows(letter: Letter, membership: Membership, today: date) -> list[Row]:
    """Of a running year as its facts stand now, of a judged one as it was judged."""
    found = assessing.reached([letter], letter.year, today)[letter.pk]
    kept = letter.outcome if letter.state in assessing.JUDGED else None
    plain: Sequence[Mapping[str, Any]] = kept or [assessing.plain(one) for one in found]
    return [
        _row(line, letter, membership, place, found[place - 1]) for place, line in enumerate(plain, start=1)
    ]


def _row(line: Mapping[str, Any], letter: Letter, membership: Membership, place: int, now: Reached) -> Row:
    promise = words.promise_of(line)
    reached = line["fulfilment"]
    return Row(
        words.name(promise),
        way(membership, "indicator", promise.code) if promise.of == "indicator" else "",
        words.line(promise), words.number(line["value"], promise), words.number(line["forecast"], promise),
        words.percent(round(Decimal(reached), 1)) if reached else web_words.DASH,
        min(Decimal(100), Decimal(reached or 0)), words.standing(line["standing"]),
        words.percent(promise.share), words.percent(line["deduction"]),
        [_sum(letter, membership, place, now, month) for month in now.months],
        [web_words.month(month) for month in line["missing"]],
    )  # fmt: skip


def _sum(letter: Letter, membership: Membership, place: int, now: Reached, month: Month) -> Sum:
    top, bottom = now.months[month]
    keys = keys_of(now.promise)
    urls = [(labels.fact(key), _records(letter, membership, place, month, key)) for key in keys]
    # Nothing of nothing is not assessed, and never a zero (conventions 21).
    empty = bool(now.indicator.denominator) and not bottom and not top
    return Sum(
        web_words.month(month), web_words.DASH if top is None or empty else web_words.num(top),
        "" if not now.indicator.denominator
        else web_words.DASH if bottom is None or empty else web_words.num(bottom),
        [(key, url) for key, url in urls if url],
    )  # fmt: skip


def _records(letter: Letter, membership: Membership, place: int, month: Month, key: str) -> str:
    """Where the records behind a month's number open; "" where there is no list or no right."""
    kind = records.kind_of(key)
    if kind not in RECORDS or not membership.can(LISTED[kind]):
        return ""
    return reverse("letter-records", args=[letter.pk, place, str(month), key])


def facts(letter: Letter) -> list[parts.Fact]:
    """Who drafted, offered, signed and countersigned it, and when."""
    found = [
        parts.Fact(_("institution"), letter.institution.name),
        parts.Fact(_("year"), str(letter.year)),
        parts.Fact(_("template"), str(letter.template)),
        parts.Fact(_("revision"), str(letter.revision)),
    ]
    if letter.offered_by is not None:
        said = f"{letter.offered_by.user} {web_words.moment(letter.offered_at)}"
        found.append(parts.Fact(_("offered by"), said))
    if letter.way:
        found.append(parts.Fact(_("signed how"), letter.get_way_display()))
    if letter.signed_name:
        day = letter.signed_on or letter.signed_at
        at = (
            web_words.moment(letter.signed_at)
            if letter.signed_on is None
            else web_words.day(letter.signed_on)
        )
        found.append(
            parts.Fact(_("legal representative"), f"{letter.signed_name} {at if day else ''}".strip())
        )
    if letter.document:
        found.append(parts.Fact(_("document number"), letter.document))
        found.append(parts.Fact(_("entered by"), str(letter.paper_by.user if letter.paper_by else "")))
    if letter.checked_by is not None:
        found.append(parts.Fact(_("checked by"), str(letter.checked_by.user)))
    if letter.countersigned_by is not None:
        said = f"{letter.countersigned_by.user} {web_words.moment(letter.in_force_at)}"
        found.append(parts.Fact(_("countersigned by"), said))
    if letter.why:
        found.append(parts.Fact(_("why"), letter.why))
    if letter.left_out:
        found.append(parts.Fact(_("assessed without what is not known"), letter.left_out))
    return found


def actions(
    letter: Letter, membership: Membership, clock: Clock, given: Mapping[str, Any]
) -> list[parts.Action]:
    """The steps from here that the member may take, and the judgement once the year is over."""
    found = []
    for one in letter.steps_for(membership):
        name = ADDRESS[one.name]
        url = reverse("letter-act", args=[letter.pk, name]) + f"?version={letter.version}"
        form = given.get(name) or forms.of_step(name, letter)
        kind = "primary" if one.name in PRIMARY else ""
        found.append(parts.Action(str(one.custom["label"]), url, one.custom["icon"], kind, form=form))
    office = membership.institution_id is None and membership.can(RUN)
    if office and letter.state == State.IN_FORCE and clock.over:
        url = reverse("letter-act", args=[letter.pk, "assess"]) + f"?version={letter.version}"
        form = given.get("assess") or forms.of_step("assess", letter)
        found.append(parts.Action(_("Assess…"), url, "scale", "primary", form=form))
    return found


def sheet(letter: Letter) -> dict[str, Any]:
    """The letter on A4, with lines for both signatures."""
    rows = letters.lines_of(letter)
    return {
        "title": _("Commitment letter on collaborative performance"), "letter": letter,
        "lines": [
            (number, words.name(one), words.line(one), words.percent(one.share))
            for number, one in enumerate((row.promise() for row in rows), start=1)
        ],
        "band": band(letter),
        "partial": words.percent(letter.partial),
    }  # fmt: skip


def template_rows() -> list[tuple[LetterTemplate, list[tuple[str, str, str]], str]]:
    """Every version of every template with its promises in words; one query."""
    return [
        (
            row,
            [(words.name(one), _template_line(one), words.percent(one.share)) for one in row.lines()],
            "、".join(str(forms.KINDS.get(kind, kind)) for kind in row.kinds),
        )
        for row in LetterTemplate.objects.select_related("entered_by__user")
    ]


def _template_line(one: Promise) -> str:
    if one.target is not None:
        return words.line(one)
    return _("as parameter %(key)s says") % {"key": one.target_key}
