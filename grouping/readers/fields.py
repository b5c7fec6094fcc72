"""The columns of the hospital front page (病案首页, HQMS interface) as data: code, names, kind, values.

Source: definitions section 10.1. A series such as C06x01C to C06x40C is one entry, repeated when loaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from grouping.readers.listfields import NAMES


class Kind(Enum):
    """What a column holds; the personal kinds never reach the raw columns nor an error text unmasked."""

    TEXT = "text"
    CODE = "code"
    CHOICE = "choice"
    INTEGER = "integer"
    AMOUNT = "amount"
    DAY = "day"
    MOMENT = "moment"
    NAME = "name"
    NUMBER = "number"
    PHONE = "phone"
    ADDRESS = "address"


PERSONAL = frozenset({Kind.NAME, Kind.NUMBER, Kind.PHONE, Kind.ADDRESS})


@dataclass(frozen=True, slots=True)
class Field:
    """One column: `choices` for an enumeration, `low` and `high` (inclusive) for an integer."""

    code: str
    zh: str
    en: str
    kind: Kind
    choices: frozenset[str] = frozenset()
    low: int = 0
    high: int = 0
    required: bool = False

    @property
    def personal(self) -> bool:
        """Whether the value names, numbers or locates a person (walls section 4: not kept raw)."""
        return self.kind in PERSONAL


_Row = tuple[str, str, str]
OTHERS = 40
NEWBORNS = 5
REQUIRED = frozenset(
    ("A01", "A48", "A49", "A12C", "A13", "A14", "B12", "B15", "B16C", "B20", "B34C", "C03C", "D01")
)

_PLAIN: dict[Kind, tuple[_Row, ...]] = {
    Kind.TEXT: (
        ("A01", "组织机构代码", "organisation code"),
        ("A02", "医疗机构名称", "name of the institution"),
        ("A48", "病案号", "record number"),
        ("B14", "入院病房", "ward on admission"),
        ("B17", "出院病房", "ward on discharge"),
        ("B35", "拟接收医疗机构", "intended receiving institution"),
        ("B37", "再住院目的", "purpose of the planned readmission"),
        ("C02N", "门急诊诊断名称", "outpatient diagnosis name"),
        ("C04N", "主要诊断名称", "principal diagnosis name"),
        ("C10N", "病理诊断名称", "pathological diagnosis name"),
        ("C13N", "损伤中毒外部原因", "external cause of injury"),
        ("C25", "过敏药物", "allergenic drugs"),
        ("C15x01N", "主要手术名称", "main procedure name"),
    ),
    Kind.CODE: (
        ("A15C", "国籍", "nationality"),
        ("A19C", "民族", "ethnic group"),
        ("A38C", "职业", "occupation"),
        ("A33C", "联系人关系", "relation of the contact person"),
        ("B13C", "入院科别", "admitting department"),
        ("B16C", "出院科别", "discharging department"),
        ("B21C", "转科科别", "departments transferred to"),
        ("C01C", "门急诊诊断编码", "outpatient diagnosis code"),
        ("C03C", "主要诊断", "principal diagnosis"),
        ("C09C", "病理诊断编码", "pathological diagnosis code"),
        ("C12C", "外部原因编码", "external cause code"),
        ("C14x01C", "主要手术", "main procedure"),
        ("C21x01C", "主要手术切口愈合", "main procedure, wound healing"),
        ("C22x01C", "主要手术麻醉方式", "main procedure, anaesthesia"),
    ),
    Kind.DAY: (
        ("A13", "出生日期", "date of birth"),
        ("B33", "质控日期", "date of quality control"),
    ),
    Kind.MOMENT: (
        ("B12", "入院时间", "time of admission"),
        ("B15", "出院时间", "time of discharge"),
        ("C16x01", "主要手术日期", "time of the main procedure"),
    ),
    Kind.NAME: (
        ("A11", "姓名", "patient name"),
        ("A32", "联系人", "contact person"),
        ("B22", "科主任", "head of department"),
        ("B23", "主任（副主任）医师", "chief physician"),
        ("B24", "主治医师", "attending physician"),
        ("B25", "住院医师", "resident physician"),
        ("B26", "责任护士", "responsible nurse"),
        ("B27", "进修医师", "visiting physician"),
        ("B28", "实习医师", "intern"),
        ("B29", "编码员", "coder"),
        ("B31", "质控医师", "quality control physician"),
        ("B32", "质控护士", "quality control nurse"),
        ("C18x01", "主要手术术者", "main procedure, surgeon"),
        ("C19x01", "主要手术Ⅰ助", "main procedure, first assistant"),
        ("C20x01", "主要手术Ⅱ助", "main procedure, second assistant"),
        ("C23x01", "主要手术麻醉医师", "main procedure, anaesthetist"),
    ),
    Kind.NUMBER: (
        ("A20", "身份证号", "ID number"),
        ("A47", "健康卡号", "health card number"),
        ("C11", "病理号", "pathology number"),
    ),
    Kind.PHONE: (
        ("A27", "现住址电话", "home phone"),
        ("A30", "单位电话", "work phone"),
        ("A35", "联系人电话", "contact person's phone"),
    ),
    Kind.ADDRESS: (
        ("A22", "出生地", "place of birth"),
        ("A23C", "籍贯", "native place"),
        ("A24", "户口地址", "registered address"),
        ("A25C", "户口地址邮编", "registered address, postcode"),
        ("A26", "现住址", "home address"),
        ("A28C", "现住址邮编", "home address, postcode"),
        ("A29", "工作单位及地址", "employer and address"),
        ("A31C", "单位邮编", "employer, postcode"),
        ("A34", "联系人地址", "contact person's address"),
    ),
    Kind.AMOUNT: (
        ("D01", "总费用", "total charges"),
        ("D09", "自付金额", "amount paid by the patient"),
        ("D11", "一般医疗服务费", "general medical service"),
        ("D12", "一般治疗操作费", "general treatment"),
        ("D13", "护理费", "nursing"),
        ("D14", "综合医疗服务其他费用", "other general services"),
        ("D15", "病理诊断费", "pathology"),
        ("D16", "实验室诊断费", "laboratory"),
        ("D17", "影像学诊断费", "imaging"),
        ("D18", "临床诊断项目费", "clinical diagnostics"),
        ("D19", "非手术治疗项目费", "non-surgical treatment"),
        ("D19x01", "临床物理治疗费", "physical therapy"),
        ("D20", "手术治疗费", "surgical treatment"),
        ("D20x01", "麻醉费", "anaesthesia"),
        ("D20x02", "手术费", "surgery"),
        ("D21", "康复费", "rehabilitation"),
        ("D22", "中医治疗费", "Chinese-medicine treatment"),
        ("D23", "西药费", "western drugs"),
        ("D23x01", "抗菌药物费", "antimicrobial drugs"),
        ("D24", "中成药费", "Chinese patent drugs"),
        ("D25", "中草药费", "herbal drugs"),
        ("D26", "血费", "blood"),
        ("D27", "白蛋白类制品费", "albumin products"),
        ("D28", "球蛋白类制品费", "globulin products"),
        ("D29", "凝血因子类制品费", "coagulation factors"),
        ("D30", "细胞因子类制品费", "cytokines"),
        ("D31", "检查用一次性材料费", "single-use material, examination"),
        ("D32", "治疗用一次性材料费", "single-use material, treatment"),
        ("D33", "手术用一次性材料费", "single-use material, surgery"),
        ("D34", "其他费", "other charges"),
    ),
}

# A payment method (RC032) has many local spellings: values.payment_method reads it instead of a list here.
_CHOICES: tuple[tuple[str, str, str, str], ...] = (
    ("A12C", "性别", "sex", "1 2"),  # RC001 also knows 0 and 9; a case that is to be grouped needs 1 or 2
    ("A21C", "婚姻", "marital status", "1 2 3 4 9 10 20 21 22 23 30 40 90"),
    ("B11C", "入院途径", "way of admission", "1 2 3 9"),
    ("B30C", "病案质量", "record quality", "1 2 3"),
    ("B34C", "离院方式", "way of discharge", "1 2 3 4 5 9"),
    ("B36C", "31日内再住院计划", "readmission planned within 31 days", "1 2"),
    ("C05C", "主要诊断入院病情", "principal diagnosis, condition on admission", "1 2 3 4"),
    ("C24C", "药物过敏", "drug allergy", "1 2"),
    ("C26C", "ABO血型", "ABO blood group", "1 2 3 4 5 6"),
    ("C27C", "Rh血型", "Rh blood group", "1 2 3 4"),
    ("C34C", "死亡患者尸检", "autopsy", "1 2"),
    ("C17x01", "主要手术级别", "main procedure, level", "1 2 3 4"),
)

_INTEGERS: tuple[tuple[str, str, str, int, int], ...] = (
    ("A49", "住院次数", "number of the stay", 1, 9999),
    ("A14", "年龄", "age", 0, 150),
    # 365 and not 364: a child born on 1 March of a year before a leap year is still 0 on 29 February
    ("A16", "不足1周岁天数", "age in days", 0, 365),
    ("A17", "新生儿入院体重", "newborn weight on admission", 100, 9999),
    ("B20", "实际住院天数", "days of stay", 1, 99999),
    ("C28", "入院前昏迷天", "coma before admission, days", 0, 99999),
    ("C29", "入院前昏迷小时", "coma before admission, hours", 0, 23),
    ("C30", "入院前昏迷分钟", "coma before admission, minutes", 0, 59),
    ("C31", "入院后昏迷天", "coma after admission, days", 0, 99999),
    ("C32", "入院后昏迷小时", "coma after admission, hours", 0, 23),
    ("C33", "入院后昏迷分钟", "coma after admission, minutes", 0, 59),
)

_SERIES: tuple[tuple[str, str, str, Kind, str], ...] = (
    ("C06x{:02}C", "其他诊断{}", "other diagnosis {}", Kind.CODE, ""),
    ("C07x{:02}N", "其他诊断{}名称", "other diagnosis {}, name", Kind.TEXT, ""),
    (
        "C08x{:02}C",
        "其他诊断{}入院病情",
        "other diagnosis {}, condition on admission",
        Kind.CHOICE,
        "1 2 3 4",
    ),
    ("C35x{:02}C", "其他手术{}", "other procedure {}", Kind.CODE, ""),
    ("C36x{:02}N", "其他手术{}名称", "other procedure {}, name", Kind.TEXT, ""),
    ("C37x{:02}", "其他手术{}日期", "other procedure {}, time", Kind.MOMENT, ""),
    ("C38x{:02}", "其他手术{}级别", "other procedure {}, level", Kind.CHOICE, "1 2 3 4"),
    ("C39x{:02}", "其他手术{}术者", "other procedure {}, surgeon", Kind.NAME, ""),
    ("C40x{:02}", "其他手术{}Ⅰ助", "other procedure {}, first assistant", Kind.NAME, ""),
    ("C41x{:02}", "其他手术{}Ⅱ助", "other procedure {}, second assistant", Kind.NAME, ""),
    ("C42x{:02}C", "其他手术{}切口愈合", "other procedure {}, wound healing", Kind.CODE, ""),
    ("C43x{:02}C", "其他手术{}麻醉方式", "other procedure {}, anaesthesia", Kind.CODE, ""),
    ("C44x{:02}", "其他手术{}麻醉医师", "other procedure {}, anaesthetist", Kind.NAME, ""),
)


def _single() -> Iterator[Field]:
    for kind, rows in _PLAIN.items():
        for code, zh, en in rows:
            yield Field(code, zh, en, kind, required=code in REQUIRED)
    for code, zh, en, choices in _CHOICES:
        yield Field(code, zh, en, Kind.CHOICE, frozenset(choices.split()), required=code in REQUIRED)
    for code, zh, en, low, high in _INTEGERS:
        yield Field(code, zh, en, Kind.INTEGER, low=low, high=high, required=code in REQUIRED)
    yield Field("A46C", "医疗付费方式", "payment method", Kind.CODE)


def _repeated() -> Iterator[Field]:
    for code, zh, en, kind, choices in _SERIES:
        for number in range(1, OTHERS + 1):
            yield Field(
                code.format(number), zh.format(number), en.format(number), kind, frozenset(choices.split())
            )
    for n in range(1, NEWBORNS + 1):
        yield Field(
            f"A18x{n:02}", f"新生儿出生体重{n}", f"birth weight {n}", Kind.INTEGER, low=100, high=9999
        )


FIELDS: dict[str, Field] = {field.code: field for field in (*_single(), *_repeated())}
BY_UPPER: dict[str, str] = {code.upper(): code for code in FIELDS}


def field_name(code: str, language: str) -> str:
    """Return the name of a column in "zh" or "en"; a column outside the standard is named by its own code."""
    field = FIELDS.get(code)
    if field is None:
        zh, en = NAMES.get(code, (code, code))
        return zh if language == "zh" else en
    return field.zh if language == "zh" else field.en
