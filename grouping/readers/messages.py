"""What a reader says: one sentence a finding, in English (the msgid) and Chinese, with row, field and remedy.

Parameters are named. `line` is the physical line of the file (header = 1), `field` the column's name in the
language of the sentence, `column` its code, `value` the masked value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from grouping.readers import foreign, whole
from grouping.readers.fields import field_name

Param = str | int | tuple[str, ...]
ENGLISH = "en"
CHINESE = "zh"


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence in both languages with %(name)s parameters."""

    en: str
    zh: str


_CODE = re.compile(r"\b[A-F]\d{2}(?:x\d{2})?[CN]?\b")
_UNITS = {
    CHINESE: ((re.compile(r"第 (%\((?:line|first)\)s) 行"), r"第 \1 份清单"),),
    ENGLISH: ((re.compile(r"\bLine (%\(line\)s)"), r"List \1"), (re.compile(r"\bline (%\()"), r"list \1")),
}


@dataclass(frozen=True, slots=True)
class Names:
    """How a source calls things: its headings by standard column; whether it has lists instead of lines."""

    columns: Mapping[str, str]
    lists: bool = False

    def reworded(self, template: str, language: str) -> str:
        """The template with the source's headings instead of the standard's codes."""
        for pattern, word in _UNITS[language] if self.lists else ():
            template = pattern.sub(word, template)
        return _CODE.sub(lambda hit: self.columns.get(hit[0], hit[0]).replace("%", "%%"), template)


_ROW: dict[str, tuple[str, str]] = {
    "value_missing": (
        "Line %(line)s: %(field)s (%(column)s) is empty; fill it in the hospital's system and export again",
        "第 %(line)s 行缺%(field)s（%(column)s），在病案系统补上后重新导出",
    ),
    "choice_unknown": (
        "Line %(line)s: %(field)s “%(value)s” is not in the code list; use one of %(choices)s",
        "第 %(line)s 行%(field)s“%(value)s”不在代码表内，改为 %(choices)s",
    ),
    "choice_missing": (
        "Line %(line)s: %(field)s is empty; use one of %(choices)s",
        "第 %(line)s 行缺%(field)s，填 %(choices)s",
    ),
    "institution_unknown": (
        "Line %(line)s: organisation code “%(value)s” belongs to no member; "
        "correct it in the hospital's system or add the institution under data maintenance",
        "第 %(line)s 行组织机构代码“%(value)s”不属于任何成员机构，在病案系统改正，或在数据维护中登记该机构",
    ),
    "institution_other": (
        "Line %(line)s: organisation code “%(value)s” is not that of %(expected)s; "
        "deliver its cases in its own file",
        "第 %(line)s 行组织机构代码“%(value)s”不是%(expected)s的，请由该机构单独报送",
    ),
    "value_too_long": (
        "Line %(line)s: %(field)s has more than %(most)s characters; correct it in the hospital's system",
        "第 %(line)s 行%(field)s超过 %(most)s 个字符，在病案系统改正",
    ),
    "payment_unknown": (
        "Line %(line)s: payment method “%(value)s” is not in the code list; use 1 to 9",
        "第 %(line)s 行医疗付费方式“%(value)s”不在代码表内，改为 1 至 9",
    ),
    "number_form": (
        "Line %(line)s: %(field)s “%(value)s” is not a whole number; write digits only",
        "第 %(line)s 行%(field)s“%(value)s”不是整数，只写数字",
    ),
    "number_range": (
        "Line %(line)s: %(field)s %(value)s is out of range; it must lie between %(low)s and %(high)s",
        "第 %(line)s 行%(field)s %(value)s 超出范围，应在 %(low)s 至 %(high)s 之间",
    ),
    "scientific_notation": (
        "Line %(line)s: %(field)s “%(value)s” was rewritten by a spreadsheet; "
        "export again without opening the file in one, or import the column as text",
        "第 %(line)s 行%(field)s“%(value)s”被表格软件改成科学计数，"
        "重新导出且不要用表格软件另存，或按文本列导入",
    ),
    "amount_form": (
        "Line %(line)s: %(field)s “%(value)s” is not an amount; "
        "write yuan with at most two decimals, no separators, such as 78.73",
        "第 %(line)s 行%(field)s“%(value)s”不是金额，写到元后两位、不带千位逗号，如 78.73",
    ),
    "total_not_positive": (
        "Line %(line)s: total charges %(value)s must be above zero; check the bill",
        "第 %(line)s 行总费用 %(value)s 应大于 0，核对费用",
    ),
    "datetime_missing": (
        "Line %(line)s: %(field)s is empty; write it as %(form)s",
        "第 %(line)s 行缺%(field)s，按 %(form)s 填写",
    ),
    "datetime_form": (
        "Line %(line)s: %(field)s “%(value)s” cannot be read as a date; write it as %(form)s",
        "第 %(line)s 行%(field)s“%(value)s”读不成日期，按 %(form)s 填写",
    ),
    "datetime_no_such_day": (
        "Line %(line)s: %(field)s “%(value)s”: there is no such day or time; correct it",
        "第 %(line)s 行%(field)s“%(value)s”：没有这一天或这个时刻，请改正",
    ),
    "datetime_serial": (
        "Line %(line)s: %(field)s “%(value)s” is a spreadsheet serial number; export again as %(form)s",
        "第 %(line)s 行%(field)s“%(value)s”是表格软件的日期序号，按 %(form)s 重新导出",
    ),
    "principal_missing": (
        "Line %(line)s: no principal diagnosis; the doctor names one and the file is exported again",
        "第 %(line)s 行缺主要诊断，由医师补填后重新导出",
    ),
    "code_too_short": (
        "Line %(line)s: %(field)s %(value)s lacks a level; choose %(codes)s",
        "第 %(line)s 行%(field)s %(value)s 少一级，选 %(codes)s",
    ),
    "code_near": (
        "Line %(line)s: %(field)s %(value)s is not in the dictionary; the nearest codes are %(codes)s",
        "第 %(line)s 行%(field)s %(value)s 不在编码库，相近的有 %(codes)s",
    ),
    "code_unknown": (
        "Line %(line)s: %(field)s “%(value)s” is not in the dictionary; check code and code edition",
        "第 %(line)s 行%(field)s“%(value)s”不在编码库，核对编码和编码版本",
    ),
    "procedure_form": (
        "Line %(line)s: %(field)s “%(value)s” lacks the form 00.0000, a spreadsheet may have rewritten it; "
        "export again as text",
        "第 %(line)s 行%(field)s“%(value)s”不成 00.0000 的形式，可能被表格软件改写，按文本重新导出",
    ),
    "main_procedure_missing": (
        "Line %(line)s: other procedures without a main procedure; name the main one in C14x01C",
        "第 %(line)s 行有其他手术却没有主要手术，在 C14x01C 填主要手术",
    ),
    "operation_level_missing": (
        "Line %(line)s: the operation %(code)s has no level; fill %(column)s with 1 to 4",
        "第 %(line)s 行手术 %(code)s 缺级别，在 %(column)s 填 1 至 4",
    ),
    "operation_outside_stay": (
        "Line %(line)s: %(field)s %(value)s lies outside the stay (%(admitted)s to %(discharged)s); check it",
        "第 %(line)s 行%(field)s %(value)s 不在住院期间（%(admitted)s 至 %(discharged)s），核对日期",
    ),
    "discharge_before_admission": (
        "Line %(line)s: admission %(value)s is later than discharge %(discharged)s; correct one of them",
        "第 %(line)s 行入院时间 %(value)s 晚于出院时间 %(discharged)s，改正其中一个",
    ),
    "after_delivery": (
        "Line %(line)s: %(field)s %(value)s lies after the day of delivery (%(delivered)s); "
        "correct it in the hospital's system and export again",
        "第 %(line)s 行%(field)s %(value)s 晚于报送日 %(delivered)s，在病案系统改正后重新导出",
    ),
    "los_conflict": (
        "Line %(line)s: %(value)s days of stay, but the dates give %(days)s; correct B20, B12 or B15",
        "第 %(line)s 行住院 %(value)s 天，按入出院时间应为 %(days)s 天，改 B20、B12 或 B15",
    ),
    "duplicate_record": (
        "Line %(line)s: record %(value)s, stay %(visit)s already stands in line %(first)s; keep one",
        "第 %(line)s 行病案号 %(value)s 第 %(visit)s 次住院与第 %(first)s 行重复，只留一行",
    ),
    "id_scientific": (
        "Line %(line)s: the ID number was turned into %(value)s by a spreadsheet; "
        "export again without opening the file in one, or import the column as text",
        "第 %(line)s 行身份证号被表格软件改成 %(value)s，重新导出且不要用表格软件另存，或按文本列导入",
    ),
    "id_checksum": (
        "Line %(line)s: the check digit of ID number %(value)s is wrong; compare with the document",
        "第 %(line)s 行身份证号 %(value)s 校验位不对，与证件核对",
    ),
    "id_malformed": (
        "Line %(line)s: ID number %(value)s is not of 18 characters; correct it, or write - for none",
        "第 %(line)s 行身份证号 %(value)s 不是 18 位，改正，没有证件填 -",
    ),
    "sex_id_conflict": (
        "Line %(line)s: sex %(value)s does not agree with the ID number; correct one of them",
        "第 %(line)s 行性别 %(value)s 与身份证号不符，改正其中一个",
    ),
    "birth_id_conflict": (
        "Line %(line)s: date of birth %(value)s does not agree with the ID number; correct one of them",
        "第 %(line)s 行出生日期 %(value)s 与身份证号不符，改正其中一个",
    ),
    "birth_after_admission": (
        "Line %(line)s: date of birth %(value)s is later than admission %(admitted)s; correct one of them",
        "第 %(line)s 行出生日期 %(value)s 晚于入院时间 %(admitted)s，改正其中一个",
    ),
    "age_conflict": (
        "Line %(line)s: age %(value)s, but date of birth and admission give %(age)s; correct A14, A13 or B12",
        "第 %(line)s 行年龄 %(value)s，按出生日期和入院时间应为 %(age)s，改 A14、A13 或 B12",
    ),
    "age_days_missing": (
        "Line %(line)s: age 0 needs the age in days (A16); fill it",
        "第 %(line)s 行年龄 0 岁，缺不足1周岁天数（A16），请补填",
    ),
    "age_days_at_age": (
        "Line %(line)s: age in days %(value)s beside age %(age)s; leave A16 empty from the first birthday on",
        "第 %(line)s 行年龄 %(age)s 岁却填了不足1周岁天数 %(value)s，满 1 周岁应留空",
    ),
    "age_days_conflict": (
        "Line %(line)s: age in days %(value)s, but birth and admission give %(days)s; correct A16 or A13",
        "第 %(line)s 行不足1周岁天数 %(value)s，按出生日期和入院时间应为 %(days)s，改 A16 或 A13",
    ),
    "newborn_weight_missing": (
        "Line %(line)s: a newborn of %(days)s days needs a weight in grams (A18x01 or A17)",
        "第 %(line)s 行新生儿出生 %(days)s 天，缺体重（A18x01 或 A17，单位克），请补填",
    ),
    "fee_sum_conflict": (
        "Line %(line)s: total charges %(value)s yuan, the parts add up to %(parts)s; correct D01 or a part",
        "第 %(line)s 行总费用 %(value)s 元，各分项合计 %(parts)s 元，改 D01 或分项",
    ),
    "self_pay_over_total": (
        "Line %(line)s: the patient's part %(value)s yuan exceeds the total of %(total)s; correct D09",
        "第 %(line)s 行自付金额 %(value)s 元超过总费用 %(total)s 元，改 D09",
    ),
    "pathology_missing": (
        "Line %(line)s: principal diagnosis %(code)s needs a pathological diagnosis (C09C); write - for none",
        "第 %(line)s 行主要诊断 %(code)s 须填病理诊断（C09C），没有填 -",
    ),
    "external_cause_missing": (
        "Line %(line)s: principal diagnosis %(code)s needs an external cause (C12C); write - for none",
        "第 %(line)s 行主要诊断 %(code)s 须填损伤中毒外部原因（C12C），没有填 -",
    ),
    "wrong_field_count": (
        "Line %(line)s has %(found)s fields, the header %(expected)s; look for a stray comma or quote",
        "第 %(line)s 行有 %(found)s 列，表头有 %(expected)s 列，检查多余的逗号或引号",
    ),
    "malformed_row": (
        "Lines %(line)s to %(last)s cannot be read as CSV; check quotation marks and line ends",
        "第 %(line)s 至 %(last)s 行读不成 CSV，检查引号和换行",
    ),
}

ROW: dict[str, Message] = {key: Message(*pair) for key, pair in (_ROW | foreign.ROW).items()}
FILE: dict[str, Message] = {key: Message(*pair) for key, pair in (whole.FILE | foreign.FILE).items()}
MESSAGES: dict[str, Message] = ROW | FILE


def _joined(name: str, value: Param, language: str) -> str:
    """Write a list as people do: a, b or c; a list of columns names them all, so it has no "or"."""
    if not isinstance(value, tuple):
        return str(value)
    comma, last = ("、", " 或 ") if language == CHINESE else (", ", " or ")
    if len(value) < 2 or name == "columns":
        return comma.join(value)
    return f"{comma.join(value[:-1])}{last}{value[-1]}"


def arguments(params: Mapping[str, Param], language: str) -> dict[str, str]:
    """Return the named parameters of a sentence as text; the name of `column` joins them as `field`."""
    texts = {name: _joined(name, value, language) for name, value in params.items()}
    if isinstance(codes := params.get("fields"), tuple):
        texts["fields"] = _joined("columns", tuple(field_name(code, language) for code in codes), language)
    if "column" in texts:
        texts["field"] = field_name(texts["column"], language)
    return texts


def sentence(
    key: str, params: Mapping[str, Param], language: str = CHINESE, names: Names | None = None
) -> str:
    """Return the whole sentence of a message key in "zh" or "en", in the words of its source."""
    message, texts = MESSAGES[key], arguments(params, language)
    text = message.zh if language == CHINESE else message.en
    if names is not None:
        text = names.reworded(text, language)
        if "column" in texts:
            texts["column"] = names.columns.get(texts["column"], texts["column"])
    return text % texts
