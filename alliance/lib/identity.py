"""Numbers and names of persons: strict readers, and the masks shown on screens (walls section 5)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from alliance.lib.refusal import Refused

_ID_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[1-9][0-9]{1,2}[2-8][0-9]{6,7}")
_COUNTRY = re.compile(r"(\+|00)86(?=[0-9])|^86(?=1[3-9][0-9]{9}$)")
_BLANKS = re.compile(r"[\s\-()]+")
# Variation selectors follow a rare character to choose its form: they are no characters of their own.
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_COMPOUND = (
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 夏侯 轩辕 端木 南宫 司空 淳于 申屠 "
    "呼延 百里 闻人 钟离 澹台 公冶 宗政 濮阳 太叔 万俟 赫连 拓跋 独孤 仲孙 鲜于 闾丘 亓官 西门 东郭 南门 "
    "公羊 谷梁 宰父 左丘 第五 梁丘 公西 漆雕 壤驷 公良 夹谷 巫马 颛孙 子车 羊舌 微生 乐正 段干 东门 呼衍 "
    "歐陽 司馬 諸葛 東方 尉遲 公孫 長孫 軒轅 澹臺 鍾離 聞人 萬俟 獨孤"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())


class IdentityRefused(Refused):
    """A number of a person is malformed. The message never holds the number."""

    reasons = {
        "id_empty": "The ID number is missing.",
        "id_spreadsheet": "The ID number was turned into a rounded number by a spreadsheet: "
        "format the column as text and export again.",
        "id_length": "An ID number has 18 characters.",
        "id_characters": "An ID number has 17 digits and a check character 0-9 or X.",
        "id_birth_date": "The birth date inside the ID number does not exist.",
        "id_checksum": "The check character of the ID number is wrong.",
        "phone_empty": "The telephone number is missing.",
        "phone_shape": "This is neither a mobile number of 11 digits nor an area code with a number.",
    }
    fields = {
        "id_empty": "id_number", "id_spreadsheet": "id_number", "id_length": "id_number",
        "id_characters": "id_number", "id_birth_date": "id_number", "id_checksum": "id_number",
        "phone_empty": "phone", "phone_shape": "phone",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A checked resident ID number: 18 characters, and what it says (`sex`: "1" male, "2" female, RC001)."""

    number: str
    birth_date: date
    sex: str


def id_number(text: str) -> IdNumber:
    """Read a Chinese resident ID number: full-width digits, blanks and a small x are put right.

    Raises IdentityRefused: id_empty, id_spreadsheet (1.1E+17), id_length, id_characters, id_birth_date,
    id_checksum (ISO 7064 MOD 11-2), in this order.
    """
    number = _BLANKS.sub("", unicodedata.normalize("NFKC", text)).upper()
    _check_id_shape(number)
    try:
        birth_date = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise IdentityRefused("id_birth_date") from None
    if id_check_character(number[:17]) != number[17]:
        raise IdentityRefused("id_checksum")
    return IdNumber(number, birth_date, sex="1" if int(number[16]) % 2 else "2")


def _check_id_shape(number: str) -> None:
    if not number:
        raise IdentityRefused("id_empty")
    if re.fullmatch(r"[0-9.]+E\+?[0-9]+", number):
        raise IdentityRefused("id_spreadsheet")
    if len(number) != 18:
        raise IdentityRefused("id_length")
    if not _ID_SHAPE.fullmatch(number):
        raise IdentityRefused("id_characters")


def id_check_character(first_17: str) -> str:
    """Return the check character of the first 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _ID_WEIGHTS, strict=True))
    return _ID_CHECK[total % 11]


def phone(text: str) -> str:
    """Read a mobile or landline number: blanks, hyphens, brackets and the country code 86 are dropped.

    Returns digits only ("13800001234", "057188880000"). Raises IdentityRefused (phone_empty, phone_shape).
    """
    number = _COUNTRY.sub("", _BLANKS.sub("", unicodedata.normalize("NFKC", text)), count=1)
    if not number:
        raise IdentityRefused("phone_empty")
    if not (_MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number)):
        raise IdentityRefused("phone_shape")
    return number


def mask_id(number: str) -> str:
    """Mask an ID number: "330***********1234"; shorter documents keep only their last two characters."""
    if len(number) >= 15:
        return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
    return _keep_end(number, 2)


def mask_phone(number: str) -> str:
    """Mask a telephone number: "138****1234"; shorter ones keep only their last two digits."""
    if len(number) >= 10:
        return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
    return _keep_end(number, 2)


def mask_account(number: str) -> str:
    """Mask a bank account: only its last four characters stay."""
    return _keep_end(number, 4)


def mask_name(name: str) -> str:
    """Mask a name: only the surname stays (definitions.md): 张伟 -> 张*, 龚建良 -> 龚**, 欧阳修 -> 欧阳*,
    欧阳建良 -> 欧阳**; Latin words J***.

    A character outside the basic plane or with a variation selector counts as one. A single character is
    hidden altogether. Names longer than four characters show their first one.
    """
    shown = _VARIANTS.sub("", unicodedata.normalize("NFC", name)).strip()
    if shown.isascii():
        return " ".join(f"{word[0]}***" for word in shown.split())
    if len(shown) < 2:
        return "*" * len(shown)
    kept = 2 if len(shown) in (3, 4) and shown[:2] in COMPOUND_SURNAMES else 1
    return shown[:kept] + "*" * (len(shown) - kept)


def _keep_end(text: str, kept: int) -> str:
    """Hide all but the last characters, and all of a text not at least twice as long."""
    hidden = len(text) - kept if len(text) >= 2 * kept else len(text)
    return "*" * hidden + text[hidden:]
