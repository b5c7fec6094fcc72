"""What the page of one pair shows: both documents side by side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.web import words
from grouping import texts
from grouping.services import schemes


@dataclass(frozen=True)
class Line:
    """One thing in both documents; `same`: whether they agree."""

    name: str
    page: str
    other: str

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.page == self.other


def lines(pair: Any) -> list[Line]:
    """Both documents, thing by thing; what a list does not state is not compared."""
    page, other = pair.page, pair.settlement
    names = _names(other)
    return [
        *_codes(
            page.diagnoses, other.diagnoses, names[0], _("principal diagnosis"), _("other diagnosis %(n)d")
        ),
        *_codes(page.procedures, other.procedures, names[1], _("main procedure"), _("other procedure %(n)d")),
        Line(_("group"), pair.page_drg or words.DASH, pair.list_drg or words.DASH),
        Line(_("total charge (yuan)"), words.yuan(page.total_fen), words.yuan(other.total_fen)),
        Line(_("days"), str(page.stay_days), str(other.stay_days)),
        Line(_("department"), page.department_code, other.department_code),
        Line(_("way of discharge"), _way(page.discharge_way), _way(other.discharge_way)),
    ]


def _codes(page: list[str], other: list[str], names: Any, first: str, rest: str) -> list[Line]:
    """The first against the first; the others side by side where both have them, in the order of the page."""
    heads = [Line(first, _named(page[0], names) if page else "", _named(other[0], names) if other else "")]
    left, right = page[1:], other[1:]
    common = [code for code in left if code in right]
    only_page = [code for code in left if code not in right]
    only_list = [code for code in right if code not in left]
    pairs = [*((code, code) for code in common), *zip_longest(only_page, only_list, fillvalue="")]
    made = [Line(rest % {"n": n}, _named(a, names), _named(b, names)) for n, (a, b) in enumerate(pairs, 1)]
    return [line for line in (*heads, *made) if line.page or line.other]


def _named(code: str, names: Any) -> str:
    return f"{code} {names.get(code, '')}".strip()


def _way(code: int) -> str:
    return str(texts.DISCHARGE_WAYS.get(code, code))


def _names(case: Any) -> tuple[Any, Any]:
    try:
        package = schemes.package(schemes.in_force(case.discharged_at.astimezone(SHANGHAI).date()))
    except schemes.NoScheme:
        return {}, {}
    return package.diagnosis_names, package.procedure_names
