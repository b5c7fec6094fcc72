"""The conditions of rules in sentences a coder understands, Chinese or English, pure text (S4-10).

Chinese is the first language of the field; English says the same. A code stands with its name where known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from grouping.engine.case import Number
from grouping.engine.reasons import Condition, Reason, Verdict
from grouping.engine.rules import Compare, Department, Discharge, Flag, InList

Names = Mapping[str, str]
CHINESE, ENGLISH = "zh", "en"
# A sentence names this many codes or lists, then says how many more.
NAMED = 6

SUBJECTS: Mapping[str, tuple[str, str]] = {
    "principal": ("主要诊断", "principal diagnosis"),
    "secondary": ("其他诊断", "other diagnosis"),
    "any_diagnosis": ("诊断", "diagnosis"),
    "main_procedure": ("主要手术操作", "main procedure"),
    "other_procedure": ("其他手术操作", "other procedure"),
    "any_procedure": ("手术操作", "procedure"),
}
FIELDS: Mapping[str, tuple[str, str, str, str]] = {
    "age": ("年龄", "岁", "age", "years"),
    "age_days": ("日龄", "天", "age", "days"),
    "weight": ("新生儿体重", "克", "newborn weight", "g"),
    "los": ("住院天数", "天", "stay", "days"),
    "icu_hours": ("重症监护", "小时", "intensive care", "hours"),
    "trauma_sites": ("损伤部位", "个", "injured sites", ""),
    "sex": ("性别", "", "sex", ""),
}
# A field that only one of the two documents has: its absence says nothing about the case.
UNSTATED: Mapping[str, tuple[str, str]] = {
    "icu_hours": (
        "时长未知（本单据未载明，病案首页没有此项，见结算清单；按规则视为不满足）",
        "not known (this document does not state it: the front page has no such field, see the settlement "
        "list; by the rule it counts as not met)",
    ),
}
OPS: Mapping[str, tuple[str, str]] = {
    "<": ("小于", "below"),
    "<=": ("不超过", "at most"),
    ">": ("大于", "above"),
    ">=": ("不小于", "at least"),
    "==": ("等于", "exactly"),
}
SEXES: Mapping[int, tuple[str, str]] = {1: ("男", "male"), 2: ("女", "female")}
WAYS: Mapping[int, tuple[str, str]] = {
    1: ("医嘱离院", "home by order"),
    2: ("医嘱转院", "another institution"),
    3: ("转社区或卫生院", "community or township centre"),
    4: ("非医嘱离院", "against advice"),
    5: ("死亡", "died"),
    9: ("其他", "other"),
}
COMPLICATIONS = {"mcc": ("严重并发症或合并症（MCC）", "major complication (MCC)"),
                 "cc": ("并发症或合并症（CC）", "complication (CC)")}  # fmt: skip
# (word, whether it holds) -> what that says.
FLAG_TEXTS: Mapping[tuple[str, bool], tuple[str, str]] = {
    ("has_weight", True): ("填了新生儿体重", "the newborn weight is given"),
    ("has_weight", False): ("没有新生儿体重", "no newborn weight"),
    ("no_procedure", True): ("没有手术操作", "no procedure"),
    ("no_procedure", False): ("有手术操作", "there is a procedure"),
    ("true", True): ("不设条件", "no condition is set"),
    ("false", False): ("方案没有给出入组条件", "the scheme gives no way in"),
}


def table_name(name: str, at: int) -> str:
    """A list by the convention of its name (FORMAT 9), `at` 0 Chinese, 1 English; another name as it is."""
    base, _dot, end = name.partition(".")
    if name == "valid":
        return ("有效手术操作表", "the list of operations that count")[at]
    if end.startswith("diagnoses"):
        return (f" {base} 诊断表", f"the diagnosis list of {base}")[at]
    if end.startswith("procedures"):
        return (f" {base} 手术操作表", f"the procedure list of {base}")[at]
    return (f" {name} 表", f"list {name}")[at]


@dataclass(frozen=True, slots=True)
class Voice:
    """A language and the names of codes: turns reasons into parts of a sentence.

    excluded: level ("mcc", "cc") -> codes of that level that the principal diagnosis excludes.
    subjects: subject -> the case's codes of it.
    """

    language: str
    diagnoses: Names
    procedures: Names
    subjects: Mapping[str, Sequence[str]]
    excluded: Mapping[str, Sequence[str]]

    def pick(self, zh: str, en: str) -> str:
        """The text in this voice's language."""
        return zh if self.language == CHINESE else en

    def join(self, items: Sequence[str]) -> str:
        """Things in a row: 、 or comma."""
        return self.pick("、", ", ").join(items)

    def code(self, code: str) -> str:
        """A code with its name."""
        return f"{code} {self.diagnoses.get(code) or self.procedures.get(code) or ''}".strip()

    def codes(self, codes: Sequence[str]) -> str:
        """Codes with their names, the first few."""
        rest = len(codes) - NAMED
        shown = self.join([self.code(code) for code in codes[:NAMED]])
        return shown if rest <= 0 else shown + self.pick(f" 等 {len(codes)} 个", f" and {rest} more")

    def subject(self, subject: str) -> str:
        """The word for a subject of a rule."""
        return self.pick(*SUBJECTS[subject])

    def table(self, name: str) -> str:
        """A list as this voice calls it."""
        return table_name(name, 0 if self.language == CHINESE else 1)

    def reason(self, reason: Reason) -> str:
        """What holds, or what is missing, as a part of a sentence."""
        condition, forbidden = reason.condition, reason.forbidden
        match condition.atom:
            case InList(subject, name):
                return self._list(subject, [name], condition)
            case Compare():
                return self._compare(condition.atom, condition, forbidden)
            case Department(name):
                return self._asked(
                    self.pick("出院科室", "department"), condition.value, name, condition.held != forbidden
                )
            case Discharge(ways):
                asked = self.pick(" 或 ", " or ").join(self._way(way) for way in ways)
                given = self._way(condition.value)
                return self._asked(
                    self.pick("离院方式", "way of discharge"), given, asked, condition.held != forbidden
                )
            case Flag(word):
                return self._flag(word, condition)

    def lack(self, either: Sequence[Reason]) -> str:
        """What is missing where one of several would have done; lists of one subject in one sentence."""
        lists = [one for one in either if isinstance(one.condition.atom, InList) and not one.forbidden]
        others = [one for one in either if one not in lists]
        found: dict[str, list[str]] = {}
        for one in lists:
            assert isinstance(one.condition.atom, InList)
            found.setdefault(one.condition.atom.subject, []).append(one.condition.atom.list)
        said = [self._list(subject, names, None) for subject, names in found.items()]
        said += [self.reason(one) for one in others]
        return self.pick("，", ", ").join(dict.fromkeys(said))

    def missing(self, why: Verdict) -> str:
        """Everything that was missing."""
        return self.pick("；", "; ").join(dict.fromkeys(self.lack(lack) for lack in why.lacks))

    def _list(self, subject: str, names: Sequence[str], condition: Condition | None) -> str:
        tables = self.pick(" 或", " or ").join(self.table(name) for name in names[:NAMED])
        if condition is not None and condition.held:
            return self.pick(
                f"{self.subject(subject)} {self.codes(condition.codes)} 在{tables}内",
                f"{self.subject(subject)} {self.codes(condition.codes)} is in {tables}",
            )
        return self.nowhere(subject, tables)

    def nowhere(self, subject: str, tables: str) -> str:
        """A subject of which no code is in the named tables; or the case has none at all."""
        codes = self.subjects[subject]
        if not codes:
            return self.pick(f"没有{self.subject(subject)}", f"no {self.subject(subject)}")
        if len(codes) == 1:
            return self.pick(
                f"{self.subject(subject)} {self.code(codes[0])} 不在{tables}内",
                f"{self.subject(subject)} {self.code(codes[0])} is not in {tables}",
            )
        return self.pick(
            f"{self.subject(subject)}都不在{tables}内", f"no {self.subject(subject)} is in {tables}"
        )

    def _compare(self, atom: Compare, condition: Condition, forbidden: bool) -> str:
        zh, unit_zh, en, unit_en = FIELDS[atom.field]
        name, unit = self.pick(zh, en), self.pick(unit_zh, unit_en)
        asked = f"{self.pick(*OPS[atom.op])} {self._number(atom.field, atom.number)}"
        asked = self.pick(f"不{asked}" if forbidden else asked, f"not {asked}" if forbidden else asked)
        if condition.value is None and atom.field in UNSTATED:
            zh, en = UNSTATED[atom.field]
            return self.pick(f"{name}{zh}，要求{asked}", f"{name} {en}, asked for: {asked}")
        if condition.value is None:
            return self.pick(f"{name}未填，要求{asked}", f"{name} not given, asked for: {asked}")
        value = f"{self._number(atom.field, condition.value)} {unit}".strip()
        return self._asked(name, value, asked, condition.held != forbidden)

    def _number(self, field: str, value: Number | str) -> str:
        if field == "sex" and value in (1, 2):
            return self.pick(*SEXES[int(value)])
        return format(value, "f") if isinstance(value, Decimal) else str(value)

    def _asked(self, name: str, value: Number | str | None, asked: str, fits: bool) -> str:
        given = self.pick("未填", "not given") if value is None else value
        if fits:
            return self.pick(f"{name} {given}，符合“{asked}”", f"{name} {given}, as asked ({asked})")
        return self.pick(f"{name} {given}，要求“{asked}”", f"{name} {given}, asked for: {asked}")

    def _way(self, way: Number | str | None) -> str:
        if way is None:
            return self.pick("未填", "not given")
        return self.pick(*WAYS[int(way)]) if way in WAYS else str(way)

    def _flag(self, word: str, condition: Condition) -> str:
        if word in COMPLICATIONS:
            return self._complication(word, condition)
        return self.pick(*FLAG_TEXTS[word, condition.held])

    def _complication(self, word: str, condition: Condition) -> str:
        name = self.pick(*COMPLICATIONS[word])
        if condition.held:
            return self.pick(
                f"有计入的{name}：{self.codes(condition.codes)}",
                f"a counted {name}: {self.codes(condition.codes)}",
            )
        out = self.excluded.get(word, ())
        if not out:
            return self.pick(f"没有计入的{name}", f"no counted {name}")
        return self.pick(
            f"没有计入的{name}（{self.codes(out)} 被主要诊断排除）",
            f"no counted {name} ({self.codes(out)} is excluded by the principal diagnosis)",
        )
