"""A rule in words: every kind of condition, brackets where and, or and not meet, in both languages."""

import pytest

from grouping.engine.parser import RuleError
from grouping.engine.wording import in_words

SAID = [
    ("principal in MDCY", "主要诊断 在 MDCY 表内", "principal diagnosis in list MDCY"),
    (
        "any_procedure in AB1.procedures2 and mcc",
        "手术操作 在 AB1 手术操作表内，且 有计入的严重并发症或合并症（MCC）",
        "procedure in the procedure list of AB1, and a counted major complication (MCC)",
    ),
    (
        "mcc or not (sex == 1 and age <= 17)",
        "有计入的严重并发症或合并症（MCC）；或 不满足（性别 是 男，且 年龄 不超过 17 岁）",
        "a counted major complication (MCC); or not (sex is male, and age at most 17 years)",
    ),
    (
        "not no_procedure and los >= 3",
        "不满足（没有手术操作），且 住院天数 不小于 3 天",
        "not (no procedure), and stay at least 3 days",
    ),
    (
        'discharge in {1, 8} and department == "儿科"',
        "离院方式是 医嘱离院 或 8，且 出院科室是“儿科”",
        "way of discharge: home by order or 8, and department is “儿科”",
    ),
    ("false", "方案没有给出入组条件", "the scheme gives no way in"),
    (
        "(mcc or cc) and true",
        "（有计入的严重并发症或合并症（MCC）；或 有计入的并发症或合并症（CC）），且 不设条件",
        "(a counted major complication (MCC); or a counted complication (CC)), and no condition is set",
    ),
]


@pytest.mark.parametrize(("text", "chinese", "english"), SAID)
def test_a_rule_is_said_in_words(text: str, chinese: str, english: str) -> None:
    assert in_words(text, "zh") == chinese
    assert in_words(text, "en") == english


def test_ten_thousand_levels_are_said_too() -> None:
    deep = 10_000
    assert in_words("not " * deep + "mcc", "en").startswith("not (not (not (")


def test_what_is_no_rule_is_refused() -> None:
    with pytest.raises(RuleError):
        in_words("principal in", "zh")
