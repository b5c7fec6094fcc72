"""The older provincial export of the front page (卫统4-1, N041): pinyin headings, definitions section 10.2.

Hospitals' programs spell some headings differently; a preset is made for the header that is there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grouping.readers.fields import NEWBORNS, OTHERS
from grouping.readers.mapping import Column, TableMap

_ONCE = """
A01 USERNAME ZZJGDM YLJGDM|A02 JGMC YLJGMC|A46C YLFKFS|A47 JKKH|A49 ZYCS|A48 BAH|A11 XM|A12C XB|A13 CSRQ
A14 NL|A15C GJ
A17 XSERYTZ|A18x01 XSECSTZ|A22 CSD|A23C GG|A19C MZ|A20 SFZH|A38C ZY|A21C HY|A26 XZZ|A27 DH|A28C YB1
A24 HKDZ|A25C YB2|A29 GZDWJDZ|A30 DWDH|A31C YB3|A32 LXRXM|A33C GX|A34 DZ|A35 DH2
B11C RYTJ|B12 RYSJ|B12h RYSJS|B13C RYKB|B14 RYBF|B21C ZKKB|B15 CYSJ|B15h CYSJS|B16C CYKB|B17 CYBF|B20 SJZYTS
B22 KZR|B23 ZRYS|B24 ZZYS|B25 ZYYS|B26 ZRHS|B27 JXYS|B28 SXYS|B29 BMY|B30C BAZL|B31 ZKYS|B32 ZKHS|B33 ZKRQ
B34C LYFS|B35 YZZY_YLJG|B35b WSY_YLJG|B36C SFZZYJH|B37 MD
C02N MZZD|C01C JBBM|C04N ZYZD|C03C JBDM|C05C RYBQ|C13N WBYY|C12C H23|C10N BLZD|C09C BLZDDM JBMM|C11 BLH
C24C YWGM|C25 GMYW|C34C SWHZSJ|C26C XX|C27C RH|C28 RYQ_T|C29 RYQ_XS|C30 RYQ_F|C31 RYH_T|C32 RYH_XS|C33 RYH_F
D01 ZFY|D09 ZFJE|D11 YLFUF|D12 ZLCZF|D13 HLF|D14 QTFY|D15 BLZDF|D16 SYSZDF|D17 YXXZDF|D18 LCZDXMF|D19 FSSZLXMF
D19x01 WLZLF|D20 SSZLF|D20x01 MAF|D20x02 SSF|D21 KFF|D22 ZYZLF|D23 XYF|D23x01 KJYWF|D24 ZCYF|D25 ZCYF1|D26 XF
D27 BDBLZPF|D28 QDBLZPF|D29 NXYZLZPF|D30 XBYZLZPF|D31 HCYYCLF|D32 YYCLF|D33 YCXYYCLF|D34 QTF
"""
# A heading with a number: what its first one is, and what the others are, counted from 1. Where the form
# numbers the other diagnoses by themselves, the first one is one of them.
_SERIES: dict[str, tuple[str, str]] = {
    "QTZD": ("C07x01N", "C07x{:02}N"),
    "JBDM": ("C06x01C", "C06x{:02}C"),
    "RYBQ": ("C08x01C", "C08x{:02}C"),
    "SSJCZBM": ("C14x01C", "C35x{:02}C"),
    "SSJCZMC": ("C15x01N", "C36x{:02}N"),
    "SSJCZRQ": ("C16x01", "C37x{:02}"),
    "SSJB": ("C17x01", "C38x{:02}"),
    "SZ": ("C18x01", "C39x{:02}"),
    "YZ": ("C19x01", "C40x{:02}"),
    "EZ": ("C20x01", "C41x{:02}"),
    "QKYHLB": ("C21x01C", "C42x{:02}C"),
    "MZFS": ("C22x01C", "C43x{:02}C"),
    "MZYS": ("C23x01", "C44x{:02}"),
    "XSECSTZ": ("A18x01", "A18x{:02}"),
}
_DIAGNOSES = ("QTZD", "JBDM", "RYBQ", "XSECSTZ")  # others from 1 on; of operations the first is the main one
_NUMBERED = re.compile(r"([A-Z]+)_?(\d{1,2})")


def _read_once() -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in _ONCE.replace("\n", "|").split("|"):
        target, *headings = entry.split() or [""]
        found |= dict.fromkeys(headings, target)
    return found


ONCE = _read_once()
# The age in months of the form says nothing exact about days (A16): they follow from birth and admission.
NOT_READ = ("BZYZSNL",)


def target_of(heading: str) -> str:
    """What a pinyin heading means in the standard; "" when it is none of the export's."""
    name = heading.strip().upper()
    if name in ONCE:
        return ONCE[name]
    hit = _NUMBERED.fullmatch(name)
    if hit is None or hit[1] not in _SERIES:
        return ""
    first, others = _SERIES[hit[1]]
    number = int(hit[2])
    if number == 1:
        return first
    number -= 0 if hit[1] in _DIAGNOSES else 1
    most = NEWBORNS if hit[1] == "XSECSTZ" else OTHERS
    return others.format(number) if 1 <= number <= most else ""


def preset(header: Sequence[str]) -> TableMap:
    """The mapping of a header of this export; headings that are none of its own are kept raw."""
    return TableMap(tuple(Column(heading, target_of(heading)) for heading in header if heading))
