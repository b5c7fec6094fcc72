"""Clues in words: the sentence, the formula with its numbers, the picture; neutral, whatever is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.models import Department
from alliance.web import charts, words
from alliance.web.cells import chip
from alliance.web.parts import FormulaLine, Term
from performance.models import Clue

State = Clue.State
STATES = {
    State.OPEN: "info", State.ANSWERED: "warn", State.PROPOSED: "prov", State.DISMISSED: "",
    State.ACCEPTED: "ok", State.CONFIRMED: "late",
}  # fmt: skip
SEVERITIES = {"low": "", "middle": "warn", "high": "late"}
EVENTS: Mapping[str, Any] = {
    "referral": gettext_lazy("referrals logged"),
    "discharge": gettext_lazy("discharges"),
    "followup": gettext_lazy("follow-ups made"),
    "late": gettext_lazy("follow-ups written down"),
}
SIDES: Mapping[str, Any] = {
    "process": pgettext_lazy("side", "process"), "outcome": pgettext_lazy("side", "outcome"),
    "quantity": pgettext_lazy("side", "quantity"), "value": pgettext_lazy("side", "value"),
    "collaboration": pgettext_lazy("side", "collaboration"), "quality": pgettext_lazy("side", "quality"),
    "efficiency": pgettext_lazy("side", "efficiency"),
}  # fmt: skip
SENTENCES: Mapping[str, Any] = {
    "pingpong": gettext_lazy(
        "%(idle)s of %(arrived)s referrals that arrived between the two had no effect: %(share)s %%, "
        "tolerated are %(tolerated)s %%."
    ),
    "split": gettext_lazy(
        "%(split)s of %(admissions)s admissions look split; by the groups %(expected)s are expected, "
        "that is %(ratio)s times as many."
    ),
    "erased": gettext_lazy(
        "Of %(returned)s patients who came back within the window %(erased)s count as no readmission because "
        "of a referral that did not continue the stay: %(share)s %%, tolerated are %(tolerated)s %%."
    ),
    "praise": gettext_lazy(
        "Each of the two gave the other the best mark of the round, far above what %(others)s others gave. "
        "No mark is kept here."
    ),
    "drift": gettext_lazy(
        "Since %(part)s %(share)s %% of the cases lie in heavier groups, before %(share_before)s %%; "
        "the change of all others explains %(expected_share)s %%."
    ),
    "rush": gettext_lazy(
        "%(last)s of %(events)s %(part)s lie on the last days of the month: %(share)s %%, usual are "
        "%(usual)s %%."
    ),
    "late": gettext_lazy(
        "%(last)s of %(events)s follow-ups were written down long after they were made: %(share)s %%, usual "
        "are %(usual)s %%."
    ),
    "balance": gettext_lazy(
        "%(much)s %% of the points for %(part)s were won and %(worth)s %% of those for %(other)s: a gap of "
        "%(gap)s, in the middle of all it is %(usual_gap)s."
    ),
    "heaping": gettext_lazy(
        "%(round)s of %(values)s declared counts end in 0 or 5: %(share)s %%, by luck it is %(usual)s %%."
    ),
}  # fmt: skip


def number(value: Any) -> str:
    """A number of a clue with the decimals it was kept with."""
    if isinstance(value, str) and value:
        exponent = Decimal(value).as_tuple().exponent
        return words.num(Decimal(value), -exponent if isinstance(exponent, int) and exponent < 0 else 0)
    return words.num(value)


def chance(value: Decimal) -> str:
    """A probability in percent; one too small to be written stands as less than the least."""
    percent = 100 * Decimal(value)
    if percent < Decimal("0.0001"):
        return "< 0.0001 %"
    return f"{words.num(percent, 4 if percent < 1 else 1)} %"


def part(clue: Clue, departments: Mapping[tuple[int, str], str] | None = None) -> str:
    """Which part of the institution, kind of event or sides it is about; "" for the whole."""
    if clue.detector == "rush":
        return str(EVENTS.get(clue.part, clue.part))
    if clue.detector == "balance":
        return " : ".join(side(one) for one in clue.part.split(":"))
    if clue.detector == "split" and clue.part:
        return (departments or {}).get((clue.institution_id, clue.part), clue.part)
    return clue.part


def side(code: str) -> str:
    """A side of an axis."""
    return str(SIDES.get(code, code))


def departments(clues: Sequence[Clue]) -> dict[tuple[int, str], str]:
    """Names of the departments that clues are about; one query, none without any."""
    wanted = {(one.institution_id, one.part) for one in clues if one.detector == "split" and one.part}
    if not wanted:
        return {}
    rows = Department.objects.filter(
        institution__in={pk for pk, _code in wanted}, code__in={code for _pk, code in wanted}
    )
    return {(pk, code): name for pk, code, name in rows.values_list("institution", "code", "name")}


def sentence(clue: Clue) -> str:
    """What was seen, in one sentence with its numbers."""
    numbers = {name: number(value) for name, value in clue.numbers.items() if name != "quadrant"}
    own = {"part": part(clue), "other": ""}
    if clue.detector == "balance":
        own["part"], own["other"] = (side(one) for one in clue.part.split(":")[:2])
    code = "late" if clue.detector == "rush" and clue.part == "late" else clue.detector
    return str(SENTENCES[code]) % {**numbers, **own}


def places(clue: Clue) -> str:
    """The institution, or both of a pair."""
    both = [clue.institution.short_name] + ([clue.other.short_name] if clue.other else [])
    return " ⇄ ".join(both)


def state(clue: Clue) -> SafeString:
    """The state as a chip."""
    return chip(STATES[State(clue.state)], clue.get_state_display())  # type: ignore[attr-defined]


def severity(clue: Clue) -> SafeString:
    """The strength as a chip."""
    return chip(SEVERITIES[clue.severity], clue.get_severity_display())  # type: ignore[attr-defined]


# Formula and picture --------------------------------------------------------------
def _terms(*parts: tuple[str, Any, Any]) -> list[Term]:
    return [Term(number(value), str(label), op=op) for op, value, label in parts]


def _share(name: Any, part_: Any, label: Any, whole: Any, of: Any, result: Any) -> FormulaLine:
    terms = _terms(("", part_, label), ("÷", whole, of))
    return FormulaLine(str(name), terms, number(result), unit="%")


def _pingpong(n: Mapping[str, Any]) -> list[FormulaLine]:
    came = _("referrals that arrived")
    tolerated = Term(f"{number(n['tolerated'])} %", _("tolerated"), op="×")
    return [
        _share(_("share of idle ones"), n["idle"], _("without effect"), n["arrived"], came, n["share"]),
        FormulaLine(_("tolerated"), [Term(number(n["arrived"]), came), tolerated], number(n["expected"])),
    ]


def _split(n: Mapping[str, Any]) -> list[FormulaLine]:
    return [
        FormulaLine(
            _("times the expected"),
            _terms(("", n["split"], _("look split")), ("÷", n["expected"], _("expected by the groups"))),
            number(n["ratio"]),
        ),
        FormulaLine(_("first stays near the mean charge of their group"), [], number(n["near"])),
    ]


def _praise(n: Mapping[str, Any]) -> list[FormulaLine]:
    return [FormulaLine(_("raters on the smaller side"), [], number(n["raters"]))]


def _drift(n: Mapping[str, Any]) -> list[FormulaLine]:
    return [
        _share(_("heavier groups before"), n["heavy_before"], _("heavier"), n["cases_before"], _("cases"),
               n["share_before"]),
        _share(_("heavier groups after"), n["heavy"], _("heavier"), n["cases"], _("cases"), n["share"]),
        _share(_("expected by the change of all others"), n["expected"], _("expected"), n["cases"],
               _("cases"), n["expected_share"]),
        FormulaLine(_("beyond"), _terms(("", n["share"], "%"), ("−", n["expected_share"], "%")),
                    number(n["rise"]), unit=_("percent points")),
    ]  # fmt: skip


def _rush(n: Mapping[str, Any]) -> list[FormulaLine]:
    return [
        _share(_("share of the last days"), n["last"], _("on them"), n["events"], _("all of the month"),
               n["share"]),
        FormulaLine(_("usual"), [Term(f"{number(n['before'])} %", _("own months before")),
                                 Term(f"{number(n['others'])} %", _("all others this month"))],
                    number(n["usual"]), unit="%",
                    note=_("the largest of these and of days that are all alike")),
        FormulaLine(_("beyond"), _terms(("", n["share"], "%"), ("−", n["usual"], "%")), number(n["excess"]),
                    unit=_("percent points")),
    ]  # fmt: skip


def _balance(n: Mapping[str, Any]) -> list[FormulaLine]:
    return [
        FormulaLine(_("gap"), _terms(("", n["much"], "%"), ("−", n["worth"], "%")), number(n["gap"]),
                    unit=_("percent points")),
        FormulaLine(_("gap in the middle of all"), [Term(number(n["places"]), _("institutions"))],
                    number(n["usual_gap"]), unit=_("percent points")),
    ]  # fmt: skip


def _heaping(n: Mapping[str, Any]) -> list[FormulaLine]:
    return [
        _share(_("round numbers"), n["round"], _("end in 0 or 5"), n["values"], _("values"), n["share"]),
        FormulaLine(_("beyond"), _terms(("", n["share"], "%"), ("−", n["usual"], "%")), number(n["excess"]),
                    unit=_("percent points")),
    ]  # fmt: skip


def _erased(n: Mapping[str, Any]) -> list[FormulaLine]:
    return [
        _share(_("erased readmissions"), n["erased"], _("erased"), n["returned"], _("came back"), n["share"]),
        FormulaLine(_("tolerated"), _terms(("", n["returned"], _("came back")), ("×", n["tolerated"], "%")),
                    number(n["expected"])),
    ]  # fmt: skip


FORMULAS: Mapping[str, Callable[[Mapping[str, Any]], list[FormulaLine]]] = {
    "pingpong": _pingpong, "split": _split, "praise": _praise, "drift": _drift, "rush": _rush,
    "balance": _balance, "heaping": _heaping, "erased": _erased,
}  # fmt: skip


def formula(clue: Clue) -> list[FormulaLine]:
    """The numbers of the clue, what luck makes of them, and what is left when all places are looked at."""
    limit = f"{words.num(100 * Decimal(clue.limits['fairness.false_share']), 1)} %"
    return [
        *FORMULAS[clue.detector](clue.numbers),
        FormulaLine(_("probability of so much or more by accident"), [], chance(clue.chance)),
        FormulaLine(
            _("after all places are looked at together"), [Term(limit, _("tolerated"), op="≤")],
            chance(clue.share), note=_("Benjamini and Hochberg"),
        ),
    ]  # fmt: skip


def picture(clue: Clue) -> charts.Chart | None:
    """Its share beside every yardstick; none for opinions."""
    bars = _bars(clue)
    if not bars:
        return None
    shown = [(str(name), Decimal(str(value))) for name, value in bars]
    unit = _("admissions") if clue.detector == "split" else "%"
    return charts.bars("clue", _("Beside what is usual"), (_("yardstick"), unit), shown, places=1)


def _bars(clue: Clue) -> list[tuple[Any, Any]]:
    n = clue.numbers
    match clue.detector:
        case "erased":
            return [(_("this institution"), n["share"]), (_("tolerated"), n["tolerated"])]
        case "pingpong":
            return [(_("this pair"), n["share"]), (_("tolerated"), n["tolerated"])]
        case "split":
            return [(_("look split"), n["split"]), (_("expected"), n["expected"])]
        case "drift":
            return [(_("before"), n["share_before"]), (_("after"), n["share"]),
                    (_("expected"), n["expected_share"])]  # fmt: skip
        case "rush":
            return [(_("this month"), n["share"]), (_("own months before"), n["before"]),
                    (_("all others this month"), n["others"])]  # fmt: skip
        case "balance":
            first, second = (side(one) for one in clue.part.split(":")[:2])
            middle = _("%(side)s, middle")
            return [(first, n["much"]), (middle % {"side": first}, n["middle_much"]),
                    (second, n["worth"]), (middle % {"side": second}, n["middle_worth"])]  # fmt: skip
        case "heaping":
            return [(_("this institution"), n["share"]), (_("by luck"), n["usual"])]
    return []


def axes(pairs: Sequence[str]) -> str:
    """The pairs of sides that are held against each other."""
    return _(", ").join(" – ".join(str(SIDES.get(one, one)) for one in pair.split(":")) for pair in pairs)
