"""Every rule of a scheme in words: those that fail first, then those that hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from performance.drafting import words
from performance.engine.evaluators import Evaluators
from performance.engine.exact import plain
from performance.engine.scheme import Problem, Scheme, check
from performance.models import EvaluatorKind, Level, SchemeDraft
from performance.services import drafts, limits, schemes


@dataclass(frozen=True)
class Check:
    """One rule of the scheme: whether it holds, what it asks, what was found."""

    state: str
    chip: str
    what: str
    why: str


def checks(scheme: Scheme, level: str = Level.INSTITUTION, missed: Sequence[Problem] = ()) -> list[Check]:
    """Every rule, those that fail first: sums, decided blocks, floors, faults of single indicators, limits.

    `missed`: the limits of the register of parameters that are not kept.
    """
    names = words.Names(scheme, schemes.known_indicators())
    found = (*check(scheme, schemes.known_indicators(level)), *missed)
    failed = [Check("warn", _("to mend"), words.problem(one, names), _remedy(one)) for one in found]
    return [*failed, *_passed(scheme, found, names), *_balance(scheme, names)]


def checks_of(draft: SchemeDraft, scheme: Scheme, judges: Evaluators | None = None) -> list[Check]:
    """Every rule of a draft as it stands in the table, with the limits and the month it begins in.

    `judges`: weights of the evaluators as they are typed.
    """
    judges = judges or draft.judges()
    missed = limits.misses_of(draft, scheme, judges)
    found = [*checks(scheme, draft.level, missed), *_judges(judges, missed)]
    early = drafts.too_early(draft) if draft.state == SchemeDraft.State.EDITED else None
    if early is None:
        return found
    return [Check("warn", _("to mend"), _(early.template) % early.params, ""), *found]


def _judges(judges: Evaluators | None, missed: Sequence[Problem]) -> Iterator[Check]:
    """What the evaluators weigh, when every rule about them holds."""
    if judges is None or any(not one.column for one in missed):
        return
    told = ", ".join(f"{kind.label} {plain(judges.weights[kind.value])}" for kind in EvaluatorKind)
    yield Check("ok", pgettext("rule", "holds"), _("The weights of the evaluators keep their ranges"), told)


def _remedy(found: Problem) -> str:
    if found.code == "peer_range":
        return ""
    if (
        found.code in ("weights_not_100", "block_weight", "floor", *words.LIMITS)
        and found.found
        and found.required
    ):
        gap = Decimal(found.required) - Decimal(found.found)
        return (
            _("%(points)s points are missing") % {"points": plain(gap)}
            if gap > 0
            else _("%(points)s points too many") % {"points": plain(-gap)}
        )
    return ""


def _passed(scheme: Scheme, found: Sequence[Problem], names: words.Names) -> Iterator[Check]:
    broken = {(one.code, one.column, one.about) for one in found}
    whole = [column for column in scheme.columns if ("weights_not_100", column.code, "") not in broken]
    if whole:
        told = ", ".join(f"{words.named(column)} 100" for column in whole)
        yield Check("ok", pgettext("rule", "holds"), _("The weights of a column add up to 100"), told)
    for dimension in scheme.dimensions:
        held = [
            f"{words.named(column)} {plain(block.weight)}"
            for column in scheme.columns
            for block in column.blocks
            if block.dimension == dimension.code
            and ("block_weight", column.code, dimension.code) not in broken
        ]
        if held:
            what = _("%(name)s weighs what is decided") % {"name": words.named(dimension)}
            yield Check("ok", pgettext("rule", "holds"), what, ", ".join(held))
    for floor in scheme.floors:
        kept = [code for code in floor.columns if ("floor", code, floor.code) not in broken]
        if kept:
            told = ", ".join(f"{names.column(code)} {_tagged(scheme, code, floor.tag)}" for code in kept)
            yield Check("ok", pgettext("rule", "holds"), words.named(floor), told)


def _tagged(scheme: Scheme, code: str, tag: str) -> str:
    column = next(one for one in scheme.columns if one.code == code)
    return plain(sum((item.weight for item in column.items if tag in item.tags), Decimal(0)))


def _balance(scheme: Scheme, names: words.Names) -> Iterator[Check]:
    """Process heavier than outcome is no fault, but the council should know (S3-57)."""
    for column in scheme.columns:
        process, outcome = (Decimal(_tagged(scheme, column.code, tag)) for tag in ("process", "outcome"))
        if process > outcome and outcome:
            what = _("%(column)s: process weighs more than outcome") % {"column": names.column(column.code)}
            yield Check("info", _("to consider"), what, f"{plain(process)} : {plain(outcome)}")
