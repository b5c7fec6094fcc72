"""What headings mean: codes and names of the standard, the older export's pinyin, the words hospitals use."""

from __future__ import annotations

import re
from functools import cache

from grouping.readers import n041
from grouping.readers.cells import FEN, TEN_THOUSAND, UNASKED, YUAN
from grouping.readers.fields import BY_UPPER, FIELDS, OTHERS
from grouping.readers.mapping import HOURS, field_of

# target: words, the best one first. "#" stands for a number: the first is the main or principal one.
_WORDS: dict[str, str] = {
    "A01": "组织机构代码 医疗机构代码 机构代码 机构编码 医院编码 医院代码 机构 医院 "
           "hospital organisation organization",
    "A48": "病案号 病历号 住院号 病案编号 record recordno medicalrecordno mrn patientno",
    "A49": "住院次数 入院次数 第几次住院 次数 visit visitno admissionno",
    "A46C": "医疗付费方式 付费方式 费别 payment",
    "A11": "姓名 患者姓名 病人姓名 name patientname",
    "A12C": "性别 sex gender",
    "A13": "出生日期 出生年月 出生年月日 生日 birth birthdate dateofbirth dob",
    "A14": "年龄 年龄岁 age",
    "A16": "不足1周岁天数 日龄 天龄 年龄天 agedays",
    "A17": "新生儿入院体重 入院体重 admissionweight",
    "A18x01": "新生儿出生体重 出生体重 新生儿体重 birthweight",
    "A20": "身份证号 身份证号码 身份证 证件号码 证件号 idnumber idcard idno",
    "A26": "现住址 住址 家庭住址 家庭地址 address",
    "A27": "电话 联系电话 手机 手机号 现住址电话 phone mobile tel",
    "B11C": "入院途径 入院方式 admissionway admissionpath",
    "B12": "入院时间 入院日期 admitted admissiondate admissiontime",
    "B12h": "入院时刻 入院钟点",
    "B13C": "入院科别 入院科室 admissiondepartment",
    "B15": "出院时间 出院日期 discharged dischargedate dischargetime",
    "B15h": "出院时刻 出院钟点",
    "B16C": "出院科别 出院科室 科室 科别 department dischargedepartment",
    "B20": "实际住院天数 住院天数 住院日 住院日数 los days lengthofstay",
    "B21C": "转科科别 转科科室 transfers",
    "B34C": "离院方式 出院方式 dischargeway dischargemode",
    "B35": "拟接收医疗机构 拟接收机构 接收机构 receiver",
    "B36C": "31日内再住院计划 31天再住院计划 再住院计划",
    "C01C": "门急诊诊断编码 门诊诊断编码 入院诊断编码",
    "C02N": "门急诊诊断 门急诊诊断名称 门诊诊断 入院诊断",
    "C03C": "主要诊断编码 主诊断编码 出院主要诊断编码 主要诊断代码 主诊编码 诊断编码 疾病编码 "
            "icd icd10 diagnosis diagnosiscode principaldiagnosis",
    "C04N": "主要诊断 主要诊断名称 主诊断 主诊断名称 出院主要诊断 诊断名称 diagnosisname",
    "C05C": "主要诊断入院病情 入院病情 admissioncondition",
    "C06x#C": "其他诊断编码# 其他诊断#编码 次要诊断编码# 次要诊断#编码 次诊编码# 其他诊断代码# "
              "其他诊断# 次要诊断# otherdiagnosis# secondarydiagnosis#",
    "C07x#N": "其他诊断名称# 其他诊断#名称 次要诊断名称# 次要诊断#名称",
    "C08x#C": "其他诊断入院病情# 其他诊断#入院病情",
    "C09C": "病理诊断编码",
    "C12C": "损伤中毒外部原因编码 外部原因编码",
    "C14x01C": "主要手术编码 主手术编码 主要手术操作编码 手术编码 手术操作编码 手术代码 主要手术 "
               "procedure procedurecode",
    "C15x01N": "主要手术名称 主手术名称 手术名称 手术操作名称 procedurename",
    "C16x01": "主要手术日期 手术日期 手术时间 手术操作日期 proceduredate",
    "C17x01": "主要手术级别 手术级别 procedurelevel",
    "C18x01": "主要手术术者 术者 手术医师 主刀 surgeon",
    "C35x#C": "其他手术编码# 其他手术#编码 其他手术操作编码# 次要手术编码#",
    "C36x#N": "其他手术名称# 其他手术#名称 其他手术操作名称# 次要手术名称#",
    "C37x#": "其他手术日期# 其他手术#日期",
    "C38x#": "其他手术级别# 其他手术#级别",
    "R01": "drg编码 drg组 drg分组 drg drg代码 病组编码 病组代码 病组 入组编码 分组编码 drgcode",
    "R02": "权重 rw 病组权重 基准权重 weight",
    "R03": "结算金额 drg结算金额 病组支付标准 drg支付金额 支付标准 基金结算金额 settled settledamount",
    "R04": "分组方案版本 分组版本 方案版本 schemeversion",
    "R05": "分组主诊断编码 清单主诊断编码 分组用主要诊断",
    "R06": "拒付金额 扣款金额 审核扣款 违规扣款 rejectedamount",
    "R07": "拒付原因 扣款原因 审核意见 违规原因",
    "R08": "支付类型 结算类型 倍率类型 病例类型",
    "D11": "一般医疗服务费 医疗服务费 服务费",
    "D01": "总费用 住院总费用 费用合计 总金额 医疗总费用 total totalcost totalcharge cost",
    "D09": "自付金额 自付费用 个人自付 自付 selfpay ownpay",
}  # fmt: skip
# A numbered series whose first one is the main or principal one.
_COUNTED = {
    "手术编码": ("C14x01C", "C35x{:02}C"), "手术操作编码": ("C14x01C", "C35x{:02}C"),
    "手术名称": ("C15x01N", "C36x{:02}N"), "手术操作名称": ("C15x01N", "C36x{:02}N"),
    "手术日期": ("C16x01", "C37x{:02}"), "手术级别": ("C17x01", "C38x{:02}"),
    "诊断编码": ("C03C", "C06x{:02}C"), "诊断名称": ("C04N", "C07x{:02}N"),
    "诊断代码": ("C03C", "C06x{:02}C"), "入院病情": ("C05C", "C08x{:02}C"),
    "手术代码": ("C14x01C", "C35x{:02}C"),
}  # fmt: skip
_NOISE = re.compile(r"[\s_\-./:：*＊（）()【】\[\]]+|（.*?）")
_UNITS = re.compile(r"[（(](?:元|分|万元|岁|天|克|g|日)[）)]", re.IGNORECASE)
_NUMBER = re.compile(r"(\D+?)(\d{1,2})(\D*)")


def plain(heading: str) -> str:
    """A heading without units, blanks and signs, in lower case."""
    return _NOISE.sub("", _UNITS.sub("", heading)).lower()


def unit_of(heading: str) -> str:
    """The unit of money a heading states: "" yuan, "fen", "wan"; UNASKED where it states none."""
    if "万元" in heading:
        return TEN_THOUSAND
    if re.search(r"[（(\[【_\-]\s*分\s*(?:[）)\]】]|$)", heading):
        return FEN
    return YUAN if "元" in heading else UNASKED


def target_of(heading: str) -> tuple[str, int]:
    """What a heading means and how sure that is: 3 its code, 2 a usual word, 1 its name, 0 nothing known."""
    code = heading.strip().upper()
    if code in BY_UPPER:
        return BY_UPPER[code], 3
    if found := n041.target_of(code):
        return found, 3
    name = plain(heading)
    if (place := _words().get(name)) is not None:
        return place[0], 2
    numbered = _numbered(name)
    return numbered if numbered[1] else (_names().get(name, ""), 1 if name in _names() else 0)


def _numbered(name: str) -> tuple[str, int]:
    hit = _NUMBER.fullmatch(name)
    if hit is None:
        return "", 0
    before, number, after = hit[1], int(hit[2]), hit[3]
    series = _words().get(f"{before}#{after}")
    if series is not None and 1 <= number <= OTHERS:
        return series[0].replace("#", f"{number:02}"), 2
    counted = _COUNTED.get(before + after)
    if counted is not None and 1 <= number <= OTHERS:
        return (counted[0] if number == 1 else counted[1].format(number - 1)), 2
    return "", 0


@cache
def _names() -> dict[str, str]:
    """Chinese and English names of the standard -> code; of two fields of one name the first counts."""
    found: dict[str, str] = {}
    for field in FIELDS.values():
        for name in (field.zh, field.en):
            found.setdefault(plain(name), field.code)
    return found


@cache
def _words() -> dict[str, tuple[str, int]]:
    """Usual word -> (target, its place among the words: the first is the best)."""
    found: dict[str, tuple[str, int]] = {}
    for target, words in _WORDS.items():
        assert field_of(target) or target in HOURS or "#" in target
        for place, word in enumerate(words.split()):
            found.setdefault(word, (target, place))
    return found


def rank(heading: str) -> int:
    """Among several headings of one meaning, which is the better one: the smaller number."""
    return _words().get(plain(heading), ("", 0))[1]
