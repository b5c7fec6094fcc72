"""ID numbers of many rows: the check character from three tables, for a number of the strict form only."""

from grouping.readers import values
from grouping.readers.bulk.memo import CATALOGUE, DOUBT, Memo
from grouping.readers.values import BadValue

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def _weighed(text: str, first: int) -> int:
    """The weighted sum of digits that stand at a place of the number (ISO 7064 MOD 11-2)."""
    if not (text.isascii() and text.isdigit()):
        raise BadValue("id_malformed")
    return sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS[first:], strict=False))


def _area(text: str) -> int:
    if text[:1] == "0":
        raise BadValue("id_malformed")
    return _weighed(text, 0)


def _birth(text: str) -> tuple[int, str]:
    day = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    values.day(day)
    return _weighed(text, 6), day


def _serial(text: str) -> tuple[int, bytes]:
    return _weighed(text, 14), b"12"[int(text) % 2 == 0 :][:1]


class IdNumbers:
    """Checks ID numbers against sex and birth date, with what area, birth date and serial number weigh."""

    def __init__(self) -> None:
        self._areas, self._births, self._serials = (
            Memo(_area, str),
            Memo(_birth, str, CATALOGUE),
            Memo(_serial, str),
        )

    def agrees(self, number: str, sex: bytes, birth: str) -> bool:
        """Whether a number of 18 characters, written strictly, is sound and says this sex (RC001) and day."""
        if len(number) != 18:
            return False
        area, born, serial = self._areas[number[:6]], self._births[number[6:14]], self._serials[number[14:17]]
        if area is DOUBT or born is DOUBT or serial is DOUBT:
            return False
        return (
            _CHECK[(area + born[0] + serial[0]) % 11] == number[17] and serial[1] == sex and born[1] == birth
        )
