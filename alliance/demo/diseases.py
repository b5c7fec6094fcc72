"""A city's DIP catalogue and the value of a point, as its insurance bureau publishes them (definitions 3).

Points are a thousand times the mean cost of a disease by the mean cost of all, from stays that are there:
an illustration, as the scheme of groups is. Combinations with enough stays form the core list.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from io import StringIO

from alliance.demo.codes import DIAGNOSES
from alliance.demo.front_page import money
from alliance.demo.values import Stay

_ENOUGH = 15
_CORE, _WIDE = "核心病种", "综合病种"
_HEAD = ("目录", "主要诊断编码", "手术操作编码", "病种名称", "分值", "二级均费")


def catalogue(stays: Iterable[Stay]) -> bytes:
    """The catalogue as csv: core list by four characters and procedures, then the comprehensive list."""
    core: defaultdict[tuple[str, str], list[Stay]] = defaultdict(list)
    for stay in stays:
        core[_head(stay.principal), "+".join(sorted({one.code for one in stay.operations}))].append(stay)
    every = [stay for found in core.values() for stay in found]
    mean = sum(stay.total for stay in every) // len(every)
    wide: defaultdict[tuple[str, str], list[Stay]] = defaultdict(list)
    rows = []
    for (head, procedures), found in sorted(core.items()):
        if len(found) >= _ENOUGH:
            rows.append(_row(_CORE, head, procedures, found, mean))
        wide[head[:3], "*" if procedures else ""].extend(found)
    for (head, procedures), found in sorted(wide.items()):
        # Any procedure stands for the class "with procedure" of a category.
        named = sorted(one.code for stay in found for one in stay.operations)[0] if procedures else ""
        rows.append(_row(_WIDE, head, named, found, mean))
    return _csv(_HEAD, rows)


def point_values(stays: Sequence[Stay], share: int) -> bytes:
    """Yuan a point, by insurance: `share` percent of a thousandth of the mean cost of all stays."""
    fen = sum(stay.total for stay in stays) * share // (len(stays) * 1000 * 100)
    rows = [("职工医保", "", money(fen + fen // 20)), ("居民医保", "", money(fen))]
    return _csv(("险种", "级别", "点值"), rows)


def _head(principal: str) -> str:
    plain = principal.replace(".", "")[:4]
    return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain


def _row(kind: str, head: str, procedures: str, found: Sequence[Stay], mean: int) -> tuple[str, ...]:
    own = sum(stay.total for stay in found) // len(found)
    name = DIAGNOSES[min(stay.principal for stay in found)]
    return kind, head, procedures, name, money(1000 * 100 * own // mean), money(own)


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue().encode("utf-8-sig")
