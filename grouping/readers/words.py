"""What hospitals write instead of the interface's codes, and what belongs to a number without being one.

The words are those printed on the front page form (卫统4-1, 2011) and on the settlement list; a source's own
value map comes before them.
"""

from collections.abc import Mapping

_SEX = {"男": "1", "男性": "1", "M": "1", "女": "2", "女性": "2", "F": "2"}
_YES_NO = {"无": "1", "否": "1", "有": "2", "是": "2"}
_LEVELS = {
    **{f"{word}级": code for word, code in zip("一二三四", "1234", strict=True)},
    **{f"{word}级": code for word, code in zip("ⅠⅡⅢⅣ", "1234", strict=True)},
    **{f"{code}级": code for code in "1234"},
    **dict(zip("ⅠⅡⅢⅣ", "1234", strict=True)),
}
_CONDITIONS = {"有": "1", "临床未确定": "2", "情况不明": "3", "无": "4"}
_WORDS: dict[str, dict[str, str]] = {
    "A12C": _SEX,
    "B11C": {
        "急诊": "1", "门诊": "2", "其他医疗机构转入": "3", "其他医疗机构": "3", "转院": "3", "其他": "9",
    },
    "B34C": {
        "医嘱离院": "1", "医嘱转院": "2", "转院": "2",
        "医嘱转社区卫生服务机构/乡镇卫生院": "3", "医嘱转社区": "3", "转社区": "3",
        "非医嘱离院": "4", "死亡": "5", "其他": "9",
    },
    "B36C": _YES_NO,
    "C24C": _YES_NO,
    "C34C": {"是": "1", "否": "2"},
    "B30C": {"甲": "1", "乙": "2", "丙": "3", "甲级": "1", "乙级": "2", "丙级": "3"},
    "C26C": {"A": "1", "B": "2", "O": "3", "AB": "4", "不详": "5", "未查": "6"},
    "C27C": {"阴": "1", "阳": "2", "不详": "3", "未查": "4", "阴性": "1", "阳性": "2"},
}  # fmt: skip
# Series by the beginning of their columns.
_SERIES = (("C05C", _CONDITIONS), ("C08x", _CONDITIONS), ("C17x", _LEVELS), ("C38x", _LEVELS))
UNITS = ("岁", "天", "日", "次", "克", "g", "小时")
NO_WORDS: Mapping[str, str] = {}


def words_of(column: str) -> Mapping[str, str]:
    """Word -> code of a column's enumeration; empty for columns without one."""
    for beginning, found in _SERIES:
        if column.startswith(beginning):
            return found
    return _WORDS.get(column, NO_WORDS)
