"""A rule of a scheme in words, whole, Chinese or English: what it asks, whoever the case is (S4-10).

`story` says how the rule went for one case; this says the rule itself, beside its text in the scheme.
"""

from grouping.engine.parser import parse
from grouping.engine.phrases import (
    CHINESE,
    COMPLICATIONS,
    FIELDS,
    FLAG_TEXTS,
    OPS,
    SEXES,
    SUBJECTS,
    WAYS,
    table_name,
)
from grouping.engine.rules import Atom, Compare, Department, Discharge, Flag, InList, Tongue, write


def in_words(text: str, language: str) -> str:
    """The rule written as `text` (FORMAT 3), in "zh" or "en". Raises RuleError where it is no rule."""
    chinese = language == CHINESE
    tongue = (
        Tongue(lambda atom: _words(atom, 0), "；或 ", "，且 ", "不满足", ("（", "）"), enclosing=True)
        if chinese
        else Tongue(lambda atom: _words(atom, 1), "; or ", ", and ", "not ", enclosing=True)
    )
    return write(parse(text), tongue)


def _words(atom: Atom, at: int) -> str:
    """One condition; `at` 0 Chinese, 1 English."""
    match atom:
        case InList(subject, name):
            table = table_name(name, at)
            return (f"{SUBJECTS[subject][0]} 在{table}内", f"{SUBJECTS[subject][1]} in {table}")[at]
        case Compare(name, op, number):
            field, unit = FIELDS[name][2 * at], FIELDS[name][2 * at + 1]
            value = (
                SEXES[int(number)][at] if name == "sex" and number in (1, 2) else f"{number:f} {unit}".strip()
            )
            return f"{field} {('是', 'is')[at] if name == 'sex' and op == '==' else OPS[op][at]} {value}"
        case Department(name):
            return (f"出院科室是“{name}”", f"department is “{name}”")[at]
        case Discharge(ways):
            said = (" 或 ", " or ")[at].join(WAYS[way][at] if way in WAYS else str(way) for way in ways)
            return (f"离院方式是 {said}", f"way of discharge: {said}")[at]
        case Flag("mcc" | "cc" as word):
            return (f"有计入的{COMPLICATIONS[word][0]}", f"a counted {COMPLICATIONS[word][1]}")[at]
        case Flag(word):
            return FLAG_TEXTS[word, word != "false"][at]
