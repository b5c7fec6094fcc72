"""Schemes and cases at random: every construct of the format, few codes, so that rows meet and compete."""

import random
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from grouping.engine.case import Case, CodeMaps
from grouping.engine.rows import Adrg, CodeList, Complication, Drg, Head, Mdc, Scheme
from grouping.engine.rules import (
    FIELDS,
    SUBJECTS,
    And,
    Compare,
    Department,
    Discharge,
    Flag,
    InList,
    Not,
    Or,
    Rule,
    render,
)

DIAGNOSES = [f"D{n}" for n in range(8)]
PROCEDURES = [f"{n:02}.1" for n in range(6)]
OUTSIDE_DIAGNOSIS, OUTSIDE_PROCEDURE = "Z99", "99.9"
DEPARTMENTS = ["", "ICU", "icu", "儿科"]
GROUPS = ["1", "2", ""]
NUMBERS = [Decimal(text) for text in ("0", "1", "1.5", "2", "2.0", "28", "99")]
# "P0" and so on are diagnosis lists, "Q0" and so on procedure lists.
LISTS = st.fixed_dictionaries(
    {f"P{n}": st.frozensets(st.sampled_from(DIAGNOSES), min_size=1, max_size=4) for n in range(4)}
    | {f"Q{n}": st.frozensets(st.sampled_from(PROCEDURES), min_size=1, max_size=3) for n in range(4)}
)


def _in_list(subject: str) -> st.SearchStrategy[Rule]:
    kind = "P" if InList(subject, "").kind == "diagnosis" else "Q"
    return st.builds(InList, st.just(subject), st.sampled_from([f"{kind}{n}" for n in range(4)]))


# Most of all the two codes that the compiled scheme settles before, as real packages do.
ATOMS: st.SearchStrategy[Rule] = st.one_of(
    _in_list("principal"),
    _in_list("main_procedure"),
    st.sampled_from(sorted(SUBJECTS)).flatmap(_in_list),
    st.builds(
        Compare,
        st.sampled_from(sorted(FIELDS)),
        st.sampled_from(["<", "<=", ">", ">=", "=="]),
        st.sampled_from(NUMBERS),
    ),
    st.builds(Department, st.sampled_from(DEPARTMENTS)),
    st.builds(Discharge, st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple)),
    st.sampled_from(
        [Flag(word) for word in ("mcc", "cc", "has_weight", "no_procedure", "true", "true", "false")]
    ),
)
RULES: st.SearchStrategy[Rule] = st.recursive(
    ATOMS,
    lambda rules: st.one_of(
        st.builds(Not, rules),
        st.builds(And, st.lists(rules, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(rules, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
MEDICAL = [Flag("true"), Flag("mcc"), Or((Flag("mcc"), Flag("cc"))), Flag("cc"), Not(Flag("mcc"))]


@st.composite
def schemes(draw: st.DrawFn, *, retry: bool | None = None) -> Scheme:
    """A whole scheme as a reader would give it; retry: whether FORMAT 5.4 holds, None = either."""
    mdcs = tuple(_mdc(draw, n) for n in range(draw(st.integers(1, 4))))
    adrgs = {mdc.code: _adrgs(draw, mdc.code) for mdc in mdcs}
    codes = dict.fromkeys(adrg.code for rows in adrgs.values() for adrg in rows)
    return Scheme(
        head=_head(tuple(mdc.code for mdc in mdcs), draw(st.booleans()) if retry is None else retry),
        mdcs=mdcs,
        adrgs=adrgs,
        drgs={code: _drgs(draw, code) for code in codes if draw(st.integers(0, 5))},
        lists={
            name: CodeList("diagnosis" if name.startswith("P") else "procedure", members)
            for name, members in draw(LISTS).items()
        },
        complications=draw(st.dictionaries(st.sampled_from(DIAGNOSES), st.none(), max_size=5).map(dict))
        and {code: _levels(draw, code) for code in draw(st.sets(st.sampled_from(DIAGNOSES), min_size=1))},
        exclusions=draw(st.dictionaries(st.sampled_from(DIAGNOSES), st.sampled_from(GROUPS[:2]))),
        sites=draw(st.dictionaries(st.sampled_from(DIAGNOSES), st.sampled_from(["头", "胸", "腹"]))),
        diagnosis_names={},
        procedure_names={},
        maps=CodeMaps(),
        digest="",
    )


def _head(order: tuple[str, ...], retry: bool) -> Head:
    return Head(
        format=1, code="random", name="random", version="1", year=2026, region="", source="",
        effective_from=date(2026, 1, 1), mdc_order=order, retry_other_procedures=retry, ungroupable="0000",
        weight_unit="RW", weight_source="",
    )  # fmt: skip


def _mdc(draw: st.DrawFn, number: int) -> Mdc:
    rule = draw(st.one_of(st.just(Flag("true")), RULES))
    return Mdc(f"MDC{number}", "", rule, render(rule), number)


def _adrgs(draw: st.DrawFn, mdc: str) -> tuple[Adrg, ...]:
    """Several rows; two may be ways into one ADRG, one may be the ambiguous group."""
    rows = []
    for seq in range(1, draw(st.integers(1, 5)) + 1):
        kind = draw(st.sampled_from(["surgical", "procedure", "medical", "ambiguous"]))
        code = f"{mdc}-QY" if kind == "ambiguous" else f"{mdc}-{draw(st.sampled_from('abc'))}"
        ending = "adrg" if kind == "ambiguous" else draw(st.sampled_from(["next", "next", "adrg"]))
        rule = draw(RULES)
        rows.append(Adrg(mdc, seq, code, "", kind, rule, render(rule), ending, seq))
    return tuple(rows)


def _drgs(draw: st.DrawFn, adrg: str) -> tuple[Drg, ...]:
    """What an ADRG splits into; an ambiguous group has one row of its own code (FORMAT 5.2)."""
    weight = st.sampled_from([None, Decimal("0.5"), Decimal("0.50"), Decimal("12.5")])
    if adrg.endswith("QY"):
        return (Drg(adrg, 1, adrg, "", Flag("true"), "true", draw(weight), "", 1),)
    rows = []
    for seq in range(1, draw(st.integers(1, 4)) + 1):
        rule = draw(st.one_of(st.sampled_from(MEDICAL), RULES))
        code = draw(st.sampled_from([f"{adrg}{seq}", f"{adrg}{seq}", adrg, "0000"]))
        rows.append(Drg(adrg, seq, code, "", rule, render(rule), draw(weight), "", seq))
    return tuple(rows)


def _levels(draw: st.DrawFn, code: str) -> tuple[Complication, ...]:
    levels = draw(st.sampled_from([("CC",), ("MCC",), ("CC", "MCC"), ("MCC", "CC")]))
    return tuple(Complication(code, level, draw(st.sampled_from(GROUPS))) for level in levels)


FIELD_VALUES: dict[str, list[object]] = {
    "sex": [None, 1, 2],
    "age": [None, 0, 1, 2, 60],
    "age_days": [None, 0, 1, 27, 28, 29],
    "weight": [None, 0, 1, Decimal("1.5"), 2, Decimal("0.0")],
    "los": [None, 1, 2, Decimal("1.5"), 99],
    "department": [None, *DEPARTMENTS],
    "discharge": [None, 1, 2, 5, 9],
    "icu_hours": [None, 0, Decimal("1.5"), 28],
}
CODES = {
    "diagnoses": [*DIAGNOSES, OUTSIDE_DIAGNOSIS],
    "procedures": [*PROCEDURES, OUTSIDE_PROCEDURE],
}
CASES = st.builds(
    Case,
    **{name: st.sampled_from(values) for name, values in FIELD_VALUES.items()},  # type: ignore[arg-type]
    **{name: st.lists(st.sampled_from(codes), max_size=5).map(tuple) for name, codes in CODES.items()},
)


def many_cases(by: random.Random, count: int) -> list[Case]:
    """As CASES, but many at little cost: a fault may show in one case of a hundred."""
    return [
        Case(
            **{name: by.choice(values) for name, values in FIELD_VALUES.items()},  # type: ignore[arg-type]
            **{name: tuple(by.choices(codes, k=by.randrange(5))) for name, codes in CODES.items()},
        )
        for _ in range(count)
    ]
