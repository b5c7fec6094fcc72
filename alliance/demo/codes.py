"""Names of the codes the demonstration uses (insurance edition); procedures with their level (RC029)."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).with_name("data")


class Procedure(NamedTuple):
    """Name and level 1 to 4 of a procedure."""

    name: str
    level: int


def _pairs(name: str) -> Iterator[tuple[str, str]]:
    """The first word of each line, and the rest of it."""
    for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
        code, _, words = line.partition(" ")
        yield code, words


DIAGNOSES = dict(_pairs("diagnoses.txt"))
PROCEDURES = {code: Procedure(words[2:], int(words[0])) for code, words in _pairs("procedures.txt")}
# External causes of injuries, where the family names none.
CAUSES = ("W19.x00", "W01.x00", "V89.200", "W10.x00", "W01.x00")
# Morphology of tumours (their own list, outside the diagnosis dictionary): the usual one of a category.
MORPHOLOGY = {
    **dict.fromkeys(("C02", "C10", "C11", "C15", "C32", "C51", "C53", "C60"), "M80700/3"),
    **dict.fromkeys(("C65", "C66", "C67"), "M81200/3"),
    **dict.fromkeys(("D11", "D34", "D35"), "M81400/0"),
    "C22": "M81700/3",
    "C44": "M80900/3",
    "C49": "M88000/3",
    "C50": "M85000/3",
    "C56": "M84410/3",
    "C62": "M90610/3",
    "C64": "M83120/3",
    "C73": "M82600/3",
    "C74": "M83700/3",
    "C79": "M81400/6",
    "C81": "M96500/3",
    "C82": "M96900/3",
    "C83": "M96800/3",
    "C85": "M95910/3",
    "C90": "M97320/3",
    "C91": "M98210/3",
    "C92": "M98610/3",
    "C95": "M98010/3",
    "D17": "M88500/0",
    "D18": "M91200/0",
    "D24": "M90100/0",
    "D25": "M88900/0",
    "D27": "M84410/0",
    "D45": "M99500/3",
    "D46": "M99890/3",
    "D47": "M99620/3",
}
COMMON_MORPHOLOGY = "M81400/3"
PATHOLOGY = {
    "M80700/3": "鳞状细胞癌",
    "M80900/3": "基底细胞癌",
    "M81200/3": "移行细胞癌",
    "M81400/0": "腺瘤",
    "M81400/3": "腺癌",
    "M81400/6": "转移性腺癌",
    "M81700/3": "肝细胞癌",
    "M82110/0": "管状腺瘤",
    "M82600/3": "乳头状腺癌",
    "M83120/3": "肾细胞癌",
    "M83700/3": "肾上腺皮质癌",
    "M84410/0": "浆液性囊腺瘤",
    "M84410/3": "浆液性囊腺癌",
    "M85000/3": "浸润性导管癌",
    "M88000/3": "肉瘤",
    "M88500/0": "脂肪瘤",
    "M88900/0": "平滑肌瘤",
    "M90100/0": "纤维腺瘤",
    "M90610/3": "精原细胞瘤",
    "M91200/0": "血管瘤",
    "M95910/3": "恶性淋巴瘤，非霍奇金",
    "M96500/3": "霍奇金淋巴瘤",
    "M96800/3": "弥漫性大B细胞淋巴瘤",
    "M96900/3": "滤泡性淋巴瘤",
    "M97320/3": "多发性骨髓瘤",
    "M98010/3": "急性白血病",
    "M98210/3": "急性淋巴细胞白血病",
    "M98610/3": "急性髓系白血病",
    "M99500/3": "真性红细胞增多症",
    "M99620/3": "特发性血小板增多症",
    "M99890/3": "骨髓增生异常综合征",
}
# Insurance edition -> how the clinical edition writes it: a source that sends these has the wrong edition.
CLINICAL = {
    "I20.801": "I20.800x012",
    "I21.103": "I21.100x002",
    "I63.500": "I63.500x003",
    "J44.100": "J44.100x001",
    "M51.202": "M51.200x003",
    "S72.101": "S72.100x011",
}
