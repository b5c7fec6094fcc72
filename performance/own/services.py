"""Enter, check, discard and retire an own indicator; two persons, nothing overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from alliance.lib.canonical import digest, to_plain
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import journal, steps
from performance.declared.book import often
from performance.dictionary import book
from performance.engine.expression import Node, parse
from performance.engine.expressions import check_names, in_order, node_of
from performance.engine.indicators import Indicator, check_form
from performance.engine.ownform import shape_of
from performance.models import OwnIndicator
from performance.services.rights import require
from performance.show import labels

EDIT = "performance_scheme.edit"
State = OwnIndicator.State


class OwnRefused(Refused):
    """An own indicator that cannot be entered or moved as asked; `field` names the form field."""

    reasons = {
        "code": "“%(code)s” is a fact or an indicator of the dictionary already. Take another code.",
        "draft": "A version of “%(code)s” waits for its second person. Decide about that one first.",
        "same": "The version in force says the same already.",
        "same_person": "This takes two different people; ask a colleague.",
        "first": "%(month)s lies before the version in force begins. Choose a later month.",
        "unlike": "%(facts)s are delivered for different spans; divided by each other they mislead.",
    }
    fields = {
        "code": "code", "draft": "code", "same": "expression", "same_person": "", "first": "first_month",
        "unlike": "expression",
    }  # fmt: skip

    @property
    def field(self) -> str:
        """The form field the refusal belongs to."""
        return self.fields[self.reason]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an own indicator is, beside its formula."""

    code: str
    name_zh: str
    name_en: str
    definition_zh: str
    definition_en: str
    unit: str
    direction: str
    decimals: int
    minimum_n: int
    part_of_whole: bool = False


def nodes(but: str = "") -> dict[str, Node]:
    """Every indicator a formula may name: of the dictionary and own ones; facts come first."""
    facts = labels.facts()
    found = {code: node_of(one.indicator) for code, one in book.entries().items() if code not in facts}
    rows = OwnIndicator.objects.filter(state__in=[State.CHECKED, State.DRAFT]).order_by("number")
    found |= {row.code: parse(row.expression) for row in rows if row.code != but}
    return found


def read(meaning: Meaning, expression: str) -> Indicator:
    """The engine's indicator of a formula.

    Raises ExpressionRefused (unknown term, circle, place of the letter), OwnFormRefused, OwnRefused (unlike).
    """
    node, facts, others = parse(expression), frozenset(labels.facts()), nodes(but=meaning.code)
    check_names(node, facts, {*others, meaning.code})
    in_order({**others, meaning.code: node})
    shape = shape_of(node, facts, others)
    keys = (*shape.numerator, *shape.denominator)
    _require_one_span(keys)
    indicator = Indicator(
        code=meaning.code, name_zh=meaning.name_zh, name_en=meaning.name_en, unit=meaning.unit,  # type: ignore[arg-type]
        direction=meaning.direction, form=shape.form, numerator=shape.numerator,  # type: ignore[arg-type]
        denominator=shape.denominator, scale=shape.scale, decimals=meaning.decimals,
        minimum_n=meaning.minimum_n if shape.denominator else 0, definition_zh=meaning.definition_zh,
        definition_en=meaning.definition_en, source=expression, part_of_whole=meaning.part_of_whole,
    )  # fmt: skip
    check_form(indicator, meaning.code)
    return indicator


def _require_one_span(keys: tuple[str, ...]) -> None:
    spans = {often().get(key, "month") for key in keys if labels.facts()[key].unit != "persons"}
    if len(spans) > 1:
        raise OwnRefused("unlike", facts="、".join(labels.fact(key) for key in keys))


@transaction.atomic
def enter(*, by: Membership, meaning: Meaning, expression: str, first: Month, now: datetime) -> OwnIndicator:
    """Enter an own indicator, or its next version, as a draft.

    Raises PermissionDenied, OwnRefused (code, draft, same, first), and what `read` raises.
    """
    require(by, EDIT)
    if meaning.code in labels.facts() or meaning.code in book.entries():
        raise OwnRefused("code", code=meaning.code)
    indicator = read(meaning, expression)
    before = OwnIndicator.objects.filter(code=meaning.code)
    current = before.filter(state=State.CHECKED).order_by("-number").first()
    if current is not None and current.digest == digest(indicator):
        raise OwnRefused("same")
    if current is not None and first.first_day <= current.first_month:
        raise OwnRefused("first", month=first)
    last = before.aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            row: OwnIndicator = OwnIndicator.objects.create(
                code=meaning.code, number=last + 1, expression=expression, content=to_plain(indicator),
                digest=digest(indicator), first_month=first.first_day, entered_by=by, entered_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "own_indicator" not in str(error):
            raise
        raise OwnRefused("draft", code=meaning.code) from None
    journal.write(by=by, verb="own_indicator.entered", about=row, code=row.code, number=row.number)
    return row


@transaction.atomic
def check(*, by: Membership, row: OwnIndicator, now: datetime, version: int | None = None) -> OwnIndicator:
    """A second person agrees: it is in force from its month on; the version before ends before it.

    Raises PermissionDenied, OwnRefused (same_person), Stale.
    """
    require(by, EDIT)
    if by.user_id == row.entered_by.user_id:
        raise OwnRefused("same_person")
    step = steps.open_now("check_it", row, version)
    last = Month.of(row.first_month).previous().first_day
    earlier = OwnIndicator.objects.filter(code=row.code, state=State.CHECKED, last_month=None)
    earlier.exclude(pk=row.pk).update(last_month=last)
    moved: OwnIndicator = steps.take(
        step, by=by, row=row, verb="own_indicator.checked", checked_by=by, checked_at=now
    )
    return moved


@transaction.atomic
def discard(*, by: Membership, row: OwnIndicator, version: int | None = None) -> OwnIndicator:
    """Nobody wants the draft any more. Raises PermissionDenied, Stale."""
    require(by, EDIT)
    step = steps.open_now("discard", row, version)
    moved: OwnIndicator = steps.take(step, by=by, row=row, verb="own_indicator.discarded")
    return moved


@transaction.atomic
def retire(*, by: Membership, row: OwnIndicator, last: Month, version: int | None = None) -> OwnIndicator:
    """No new scheme counts it; those in force still compute. Raises PermissionDenied, Stale."""
    require(by, EDIT)
    step = steps.open_now("retire", row, version)
    until = max(last.first_day, row.first_month)
    moved: OwnIndicator = steps.take(step, by=by, row=row, verb="own_indicator.retired", last_month=until)
    return moved
