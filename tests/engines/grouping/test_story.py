"""The story of a case in words, Chinese and English: what a coder reads."""

from dataclasses import replace
from pathlib import Path

import pytest

from grouping.engine.interpreter import explain
from grouping.engine.outcome import undone_because
from grouping.engine.parser import parse
from grouping.engine.reasons import Condition, verdict
from grouping.engine.rules import atoms, render
from grouping.engine.scheme import Scheme
from grouping.engine.story import as_text, tell
from tests.engines.grouping.tiny import TINY, case, read, with_rows, with_text


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return read(tmp_path_factory.mktemp("story"))


def words(scheme: Scheme, language: str, *codes: str, **fields: object) -> list[str]:
    return as_text(tell(explain(scheme, case(*codes, **fields)), scheme, language)).split("\n")


def test_a_grouped_case_in_chinese(tiny: Scheme) -> None:
    assert words(tiny, "zh", "I61.000 Z99.900 K92.200 E11.900", "01.1000") == [
        "入组 BB11 伴 MCC",
        "- MDCA 先期分组 成立，但其中没有成立的 ADRG，继续试: 主要手术操作 01.1000 甲 在有效手术操作表内",
        "- AA1 移植 不成立: 主要手术操作 01.1000 甲 不在 AA1 手术操作表内",
        "- 2 个 MDC 不成立：主要诊断 I61.000 脑出血 不在它们的表内: MDCP、MDCZ",
        "- MDCB 神经 成立: 主要诊断 I61.000 脑出血 在 MDCB 表内",
        "- BB1 颅脑手术 成立: 主要手术操作 01.1000 甲 在 BB1 手术操作表内",
        "- BB11 伴 MCC 成立: 有计入的严重并发症或合并症（MCC）：K92.200",
        "* Z99.900 不在 CC、MCC 表，不影响细分组",
        "* K92.200 在 CC 表，主要诊断 I61.000 不排除；BB11 因此成立",
        "* K92.200 在 MCC 表，主要诊断 I61.000 不排除；BB11 因此成立",
        "* E11.900 在 CC 表，主要诊断 I61.000 不排除，计入；本例的细分组不由它决定",
    ]


def test_an_excluded_complication_in_english(tiny: Scheme) -> None:
    assert words(tiny, "en", "I63.900 J96.000", department="03", discharge=1) == [
        "Grouped into BR15 其他",
        "- MDCA 先期分组 does not hold: no main procedure",
        "- 2 MDCs: principal diagnosis I63.900 脑梗死 is not in their lists: MDCP, MDCZ",
        "- MDCB 神经 holds: principal diagnosis I63.900 脑梗死 is in list MDCB",
        "- 2 ADRGs: the case has no procedure: BB1, BQY",
        "- BR1 脑缺血 holds: no condition is set",
        "- BR11 伴 MCC does not hold: no counted major complication (MCC) "
        "(J96.000 is excluded by the principal diagnosis)",
        "- BR13 重症 does not hold: department 03, asked for: ICU, way of discharge home by order, "
        "asked for: another institution or died",
        "- BR15 其他 holds: no condition is set",
        "* J96.000 Listed as MCC, but of the same exclusion group 9 as the principal diagnosis I63.900: "
        "it does not count",
    ]


def test_a_row_that_failed_by_little_is_told_by_name(tiny: Scheme) -> None:
    newborn = words(tiny, "zh", "P07.100", age=3)
    assert "- MDCP 新生儿 不成立: 主要诊断 P07.100 低体重 在 MDCP 表内；但年龄 3 岁，要求“等于 0”" in newborn
    sites = words(tiny, "en", "S06.200")
    assert (
        "- MDCZ 多发创伤 does not hold: principal diagnosis S06.200 脑损伤 is in list MDCZ; "
        "but injured sites 1, asked for: at least 2" in sites
    )
    unknown = words(tiny, "zh", "P07.100")
    assert any("但年龄未填，要求等于 0" in line for line in unknown)


def test_hours_in_intensive_care_a_document_does_not_state_are_unknown_not_unfilled(tmp_path: Path) -> None:
    """The front page has no such field: nobody can fill it in, and the sentence says where they stand."""
    old, new = "BR1,1,BR11,伴 MCC,mcc,1.5,", "BR1,1,BR11,伴 MCC,mcc or icu_hours >= 48,1.5,"
    scheme = read(tmp_path, with_text("drg.csv", old, new))
    zh, en = (" ".join(words(scheme, language, "I63.900")) for language in ("zh", "en"))
    assert "重症监护时长未知（本单据未载明，病案首页没有此项，见结算清单；按规则视为不满足）" in zh
    assert "，要求不小于 48" in zh
    assert "intensive care not known (this document does not state it" in en
    stated = " ".join(words(scheme, "zh", "I63.900", icu_hours=12))
    assert "未知" not in stated and "重症监护 12 小时" in stated


def test_an_ambiguous_case_says_that_no_surgical_group_takes_its_procedure(tiny: Scheme) -> None:
    found = words(tiny, "zh", "I63.900", "01.2000")
    assert found[0] == "歧义病案 BQY 歧义病案：有参与分组的手术操作，但 MDCB 的外科组都不收它"
    assert "- BB1 颅脑手术 不成立: 主要手术操作 01.2000 乙 不在 BB1 手术操作表内" in found


@pytest.mark.parametrize(
    ("codes", "reason", "zh", "en"),
    [
        ("", "no_principal", "没有主要诊断", "there is no principal diagnosis"),
        ("Q99.999", "unknown_code", "Q99.999 不在方案字典内", "not in the scheme's dictionary"),
        (
            "S06.200",
            "condition",
            "但损伤部位 1 个，要求“不小于 2”",
            "but injured sites 1, asked for: at least 2",
        ),
    ],
)
def test_why_a_case_is_in_no_group(tiny: Scheme, codes: str, reason: str, zh: str, en: str) -> None:
    trace = explain(tiny, case(codes))
    assert undone_because(trace, tiny) == reason
    assert zh in words(tiny, "zh", codes)[0] and en in words(tiny, "en", codes)[0]


def test_an_mdc_without_a_group_that_holds(tmp_path_factory: pytest.TempPathFactory) -> None:
    files = with_text("adrg.csv", "MDCB,5,BR1,脑缺血,medical,true,next\n", "")
    files["drg.csv"] = "".join(
        line for line in TINY["drg.csv"].splitlines(True) if not line.startswith("BR1")
    )
    scheme = read(tmp_path_factory.mktemp("no_adrg"), files)
    assert undone_because(explain(scheme, case("I63.900")), scheme) == "no_adrg"
    assert (
        words(scheme, "zh", "I63.900")[0] == "未入组：主要诊断 I63.900 脑梗死 所在的 MDC 里没有成立的核心组"
    )


def test_a_known_code_no_mdc_lists_is_out_of_scope(tmp_path_factory: pytest.TempPathFactory) -> None:
    scheme = read(tmp_path_factory.mktemp("scope"), with_rows("diagnoses.csv", "Z51.100,化疗", base=TINY))
    trace = explain(scheme, case("Z51.100"))
    assert undone_because(trace, scheme) == "out_of_scope"
    assert words(scheme, "zh", "Z51.100")[0] == (
        "未入组：主要诊断 Z51.100 化疗 不在任何 MDC 的诊断表内，不属于本方案的范围"
    )
    assert undone_because(explain(scheme, case("I63.900")), scheme) == ""


def test_no_line_names_a_weight_or_another_group_s_money(tiny: Scheme) -> None:
    for codes, procedures in (("I61.000 E11.900", "01.1000"), ("I63.900", "01.2000"), ("P07.100", "")):
        for language in ("zh", "en"):
            text = "\n".join(words(tiny, language, codes, procedures, age=3))
            weights = [drg.weight for rows in tiny.drgs.values() for drg in rows if drg.weight]
            assert not [weight for weight in weights if len(str(weight)) > 3 and str(weight) in text]
            assert "权重" not in text and "元" not in text and "weight of" not in text


def test_attempts_with_other_procedures_are_told_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    files = with_text("scheme.toml", "retry_other_procedures = false", "retry_other_procedures = true")
    scheme = read(tmp_path_factory.mktemp("retry"), files)
    story = tell(explain(scheme, case("Q99.999", "01.2000 02.1000")), scheme, "zh")
    assert [attempt.procedures for attempt in story.attempts] == [("01.2000", "02.1000"), ("02.1000",)]
    assert story.outcome == "入组 AA19 移植"


def asked(rule: str, held: set[str]) -> list[Condition]:
    return [Condition(atom, render(atom), render(atom) in held, (), None) for atom in atoms(parse(rule))]


@pytest.mark.parametrize(
    ("rule", "held", "expected", "told"),
    [
        ("principal in A and any_procedure in B", {"principal in A"}, False, [["any_procedure in B"]]),
        ("principal in A or age < 3", {"age < 3"}, True, [["age < 3"]]),
        ("not (mcc or cc)", set(), True, [["mcc"], ["cc"]]),
        ("not (mcc or cc)", {"cc"}, False, [["cc"]]),
        ("not (mcc and cc)", {"mcc", "cc"}, False, [["mcc", "cc"]]),
        (
            "any_procedure in A and any_procedure in B or any_procedure in C",
            {"any_procedure in A"},
            False,
            [["any_procedure in B"]],
        ),
        ("age < 3 or age > 9 and mcc", set(), False, [["age < 3", "age > 9", "mcc"]]),
    ],
)
def test_what_decided_a_rule(rule: str, held: set[str], expected: bool, told: list[list[str]]) -> None:
    found = verdict(parse(rule), asked(rule, held))
    assert found.held is expected
    lists = [[one] for one in found.because] if expected else [list(lack) for lack in found.lacks]
    assert [[one.condition.text for one in lack] for lack in lists] == told


def test_a_rule_of_ten_thousand_levels_meets_no_recursion_limit() -> None:
    rule = "not (" * 10_000 + "age < 3" + ")" * 10_000
    found = verdict(parse(rule), asked(rule, {"age < 3"}))
    assert found.held and replace(found, near=0) == found
