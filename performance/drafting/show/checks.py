"""Every rule of a scheme in words: those that fail first, then those that hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from alliance.web.refused import worded
from performance.drafting import words
from performance.engine.evaluators import Evaluators
from performance.engine.exact import plain
from performance.engine.limits import WITH_OUTCOME, tagged, weighed
from performance.engine.scheme import Problem, Scheme, check
from performance.models import EvaluatorKind, Level, SchemeDraft
from performance.services import drafts, limits, schemes


@dataclass(frozen=True)
class Check:
    """One rule of the scheme: whether it holds, what it asks, what was found, where it is mended."""

    state: str
    chip: str
    what: str
    why: str
    url: str = ""


class Checks(list[Check]):
    """All rules in the order of a page."""

    @property
    def held(self) -> int:
        """How many hold."""
        return sum(one.state == "ok" for one in self)


def checks(
    scheme: Scheme, level: str = Level.INSTITUTION, missed: Sequence[Problem] = (),
    draft: SchemeDraft | None = None,
) -> Checks:  # fmt: skip
    """Every rule, those that fail first: sums, decided blocks, floors, faults of single indicators, limits.

    `missed`: the limits of the register of parameters that are not kept. `draft`: where they are mended.
    """
    names = words.Names(scheme, schemes.known_indicators())
    found = (*check(scheme, schemes.known_indicators(level)), *missed)
    failed = [
        Check("warn", _("to mend"), words.problem(one, names, also), _remedy(one), _way(one, scheme, draft))
        for one, also in _alike(found)
    ]
    return Checks([*failed, *_passed(scheme, found, names), *_balance(scheme, names)])


def checks_of(draft: SchemeDraft, scheme: Scheme, judges: Evaluators | None = None) -> Checks:
    """Every rule of a draft as it stands in the table, with the limits and the month it begins in.

    `judges`: weights of the evaluators as they are typed.
    """
    judges = judges or draft.judges()
    missed = limits.misses_of(draft, scheme, judges)
    edited = draft if draft.state == SchemeDraft.State.EDITED else None
    found = [*checks(scheme, draft.level, missed, edited), *_judges(judges, missed),
             *_patients(scheme, draft, missed)]  # fmt: skip
    early = drafts.too_early(draft) if edited else None
    if early is None:
        return Checks(found)
    url = reverse("performance-draft-terms", args=[draft.pk])
    return Checks([Check("warn", _("to mend"), worded(early), "", url), *found])


def _alike(found: Sequence[Problem]) -> list[tuple[Problem, list[str]]]:
    """Limits that several columns miss by the same number are told once, with all their columns."""
    told: dict[tuple[str, ...], tuple[Problem, list[str]]] = {}
    for place, one in enumerate(found):
        key = (one.code, one.found, one.required) if one.code in words.LIMITS else (str(place),)
        told.setdefault(key, (one, []))[1].append(one.column)
    return list(told.values())


def _way(found: Problem, scheme: Scheme, draft: SchemeDraft | None) -> str:
    """The page where a fault is mended; what the table of weights mends itself has none."""
    if draft is None:
        return ""
    if not found.column and found.code in words.LIMITS and found.code != "no_quality":
        return reverse("performance-draft-judges", args=[draft.pk])
    column = next((one for one in scheme.columns if one.code == found.column), None)
    if column and found.about in {item.indicator for item in column.items}:
        return reverse("performance-draft-item", args=[draft.pk, column.code, found.about])
    return ""


def _judges(judges: Evaluators | None, missed: Sequence[Problem]) -> Iterator[Check]:
    """What the evaluators weigh, when every rule about them holds."""
    if judges is None or any(not one.column for one in missed):
        return
    told = ", ".join(f"{kind.label} {plain(judges.weights[kind.value])}" for kind in EvaluatorKind)
    yield Check("ok", pgettext("rule", "holds"), _("The weights of the evaluators keep their ranges"), told)


def _patients(scheme: Scheme, draft: SchemeDraft, missed: Sequence[Problem]) -> Iterator[Check]:
    """Satisfaction and outcomes together, where every column that scores a body has both (S3-26)."""
    if draft.level not in WITH_OUTCOME or any(one.code.startswith("patient_") for one in missed):
        return
    held = limits.in_force(draft.from_date)
    told = [
        f"{words.named(column)} {plain(weighed(column, held.surveys))} + "
        f"{plain(weighed(column, held.tracking))}"
        for column in scheme.columns
    ]
    what = _("Patients' evaluation holds satisfaction by survey and tracking of outcomes")
    yield Check("ok", pgettext("rule", "holds"), what, ", ".join(told))


def _remedy(found: Problem) -> str:
    if found.code in ("peer_range", "no_quality", "patient_survey", "patient_tracking"):
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
    return plain(tagged(next(one for one in scheme.columns if one.code == code), tag))


# What weighs more than its other side is no fault, but the council should know (S0-09, S0-11, S3-57).
BALANCES: tuple[tuple[str, str, Any, Any], ...] = (
    (
        "process", "outcome", gettext_lazy("%(columns)s: process weighs more than outcome"),
        gettext_lazy("Outcome weighs as much as process or more"),
    ),
    (
        "quantity", "value", gettext_lazy("%(columns)s: quantity weighs more than value"),
        gettext_lazy("Value weighs as much as quantity or more"),
    ),
)  # fmt: skip


def _balance(scheme: Scheme, names: words.Names) -> Iterator[Check]:
    for much, worth, heavier, fine in BALANCES:
        told: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
        for column in scheme.columns:
            sides = [tagged(column, side) for side in (much, worth)]
            if any(sides):
                ratio = " : ".join(map(plain, sides))
                told[sides[0] > sides[1]].append((names.column(column.code), ratio))
        if told[True]:
            what = str(heavier) % {"columns": "、".join(name for name, _ratio in told[True])}
            yield Check("info", _("to consider"), what, _listed(told[True]))
        if told[False]:
            yield Check("ok", pgettext("rule", "holds"), str(fine), _listed(told[False]))


def _listed(rows: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {ratio}" for name, ratio in rows)
