"""A line as a page shows it: names of kind and role, counts, both sides' words, chips."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.confirmation import countables
from alliance.confirmation.models import Line, Statement, other
from alliance.confirmation.standing import Standing, State, Word
from alliance.models import Membership
from alliance.web import words
from alliance.web.cells import chip

STATE_CHIP = {
    State.AGREED: "ok", State.SETTLED: "ok", State.DIFFERS: "late", State.STALE: "stale",
    State.WAITS: "info", State.SILENT: "warn", State.EMPTY: "",
}  # fmt: skip
STATE_WORDS = {
    State.AGREED: gettext_lazy("both sides agree"), State.SETTLED: gettext_lazy("decided by the office"),
    State.DIFFERS: gettext_lazy("counts differ"), State.STALE: gettext_lazy("records changed, look again"),
    State.WAITS: gettext_lazy("to be confirmed"), State.SILENT: gettext_lazy("not confirmed in time"),
    State.EMPTY: gettext_lazy("nothing to confirm"),
}  # fmt: skip
WORDS = {
    Word.CONFIRMED: gettext_lazy("stands by it"), Word.OBJECTED: gettext_lazy("counts otherwise"),
    Word.ANSWERED: gettext_lazy("answered the difference"),
    Word.STALE: gettext_lazy("spoke about other records"), Word.NONE: gettext_lazy("said nothing yet"),
}  # fmt: skip


def kind_name(kind: str) -> str:
    """What is counted; the kind itself where its room is gone."""
    found = countables.known().get(kind)
    return str(found.label) if found else kind


def role_name(kind: str, side: str) -> str:
    """What a side of this kind is called."""
    found = countables.known().get(kind)
    return str(getattr(found, side)) if found else ""


def unit_name(kind: str) -> str:
    """Minutes, half days or nothing."""
    found = countables.known().get(kind)
    return str(found.unit) if found and found.unit else ""


def title(line: Line) -> str:
    """Kind and both sides in one line."""
    return f"{capfirst(kind_name(line.kind))} {line.giver.short_name} → {line.taker.short_name}"


def units(kind: str, number: int | None) -> str:
    """So many minutes or half days; "" where the kind has none."""
    name = unit_name(kind)
    return f"{words.num(number)} {name}" if name and number is not None else ""


def state_chip(one: Standing) -> SafeString:
    """Where the line stands."""
    return chip(STATE_CHIP[one.state], STATE_WORDS[one.state])


def token(one: Standing, side: str) -> str:
    """What a page saw of a line, for the button that confirms it: line, own statement, digest."""
    said = one.said.get(side)
    return f"{one.line.pk}.{said.number if said else 0}.{one.digest}"


def said_in_short(one: Standing, side: str) -> str:
    """The word of a side with its own count, day and name."""
    word, found = one.word(side), one.said.get(side)
    text = str(WORDS[word])
    if word == Word.ANSWERED:
        theirs = one.difference_of(other(side))
        assert theirs is not None and theirs.answered_at is not None and theirs.answered_by is not None
        return f"{text} · {words.day(theirs.answered_at)} {theirs.answered_by.user}"
    if found is None:
        return text
    if found.verdict == Statement.Verdict.OBJECTED:
        text = _("%(word)s: %(n)s") % {"word": str(WORDS[Word.OBJECTED]), "n": words.num(found.own_count)}
    return f"{text} · {words.day(found.at)} {found.by.user}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line on the page of one of its sides, or (side "") of the office."""

    standing: Standing
    side: str

    @property
    def line(self) -> Line:
        return self.standing.line

    @property
    def partner(self) -> Any:
        """The institution on the other side."""
        return self.line.institution_of(other(self.side))

    @property
    def url(self) -> str:
        return reverse("confirmation-line", args=[self.line.pk])

    @property
    def kind(self) -> str:
        return kind_name(self.line.kind)

    @property
    def role(self) -> str:
        """What we are in this line."""
        return _("as the %(role)s") % {"role": role_name(self.line.kind, self.side)}

    @property
    def count(self) -> int:
        return self.standing.count

    @property
    def units(self) -> str:
        return units(self.line.kind, self.standing.counted.units)

    @property
    def pending(self) -> int:
        return self.standing.counted.pending

    @property
    def chip(self) -> SafeString:
        return state_chip(self.standing)

    @property
    def state(self) -> str:
        return str(STATE_WORDS[self.standing.state])

    @property
    def ours(self) -> str:
        return said_in_short(self.standing, self.side)

    @property
    def theirs(self) -> str:
        return said_in_short(self.standing, other(self.side))

    @property
    def giver_said(self) -> str:
        return said_in_short(self.standing, "giver")

    @property
    def taker_said(self) -> str:
        return said_in_short(self.standing, "taker")

    @property
    def giver_word(self) -> str:
        """The word of the giving side, for programs."""
        return str(self.standing.word("giver"))

    @property
    def taker_word(self) -> str:
        return str(self.standing.word("taker"))

    @property
    def token(self) -> str:
        return token(self.standing, self.side)

    @property
    def plain(self) -> bool:
        """Whether this side may confirm it at once with others."""
        return bool(self.side) and self.standing.plain(self.side)

    @property
    def mine(self) -> bool:
        """Whether something waits for this side."""
        return bool(self.side) and self.standing.waits_for(self.side)


def rows_of(found: Iterable[Standing], membership: Membership) -> list[Row]:
    """Lines that have something to show, with the member's side of each."""
    return [Row(one, one.line.side_of(membership)) for one in found if one.state != State.EMPTY]
