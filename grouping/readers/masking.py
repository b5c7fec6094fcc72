"""How a value may be shown in an error text: never a whole name, ID number, address or phone number.

Rule: definitions section 11 (masking), walls section 4. Values wander into wrong columns when a file is
shifted, so digits and Chinese text are masked in every column, not only in the personal ones.
"""

import re

from alliance.lib.identity import mask_id, mask_name, mask_phone
from grouping.readers.fields import FIELDS, Kind

SHOWN = 40
_ID_NUMBER = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9])")
_PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")


def masked(column: str, text: str) -> str:
    """Return what an error may show of a value: at most 40 characters, personal ones masked by their kind."""
    field = FIELDS.get(column)
    kind = field.kind if field else Kind.TEXT
    if kind in (Kind.NAME, Kind.ADDRESS):
        return mask_name(text)[:SHOWN]
    if kind is Kind.NUMBER:
        return mask_id(text)[:SHOWN]
    if kind is Kind.PHONE:
        return mask_phone(text)[:SHOWN]
    text = _ID_NUMBER.sub(lambda hit: mask_id(hit[0]), text)
    text = _PHONE.sub(lambda hit: mask_phone(hit[0]), text)
    return _CHINESE.sub(lambda hit: hit[0][0] + "*" * (len(hit[0]) - 1), text)[:SHOWN]


def tells_a_person(text: str) -> bool:
    """Whether a value contains something shaped like an ID number or a mobile phone number."""
    return bool(_ID_NUMBER.search(text) or _PHONE.search(text))
