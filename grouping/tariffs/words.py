"""Keys and values of tariffs in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Institution
from alliance.web import words
from grouping.models import MONEY, PLACED, TariffKind

INSURANCES = {
    "": gettext_lazy("any insurance"),
    "employee": gettext_lazy("employees’ insurance"),
    "resident": gettext_lazy("residents’ insurance"),
}
WAYS = [
    (1, gettext_lazy("home by order")), (2, gettext_lazy("to another hospital")),
    (3, gettext_lazy("to a community centre")), (4, gettext_lazy("against advice")),
    (5, gettext_lazy("died")), (9, gettext_lazy("other way")),
]  # fmt: skip


def level(code: str) -> str:
    """A level in words; "" is any."""
    return str(Institution.Level(code).label) if code else _("any level")


def key(kind: str, code: str, names: Mapping[str, str]) -> str:
    """What a row is about; `names` are those of `places`."""
    if kind in MONEY:
        insurance, _slash, own = code.partition("/")
        return f"{INSURANCES[insurance]}, {level(own)}"
    if kind in PLACED:
        return level(code[1:]) if code.startswith("*") else names.get(code, code)
    return code


def sheet(kind: str, day: str) -> str:
    """A sheet by its kind and first day."""
    return _("%(kind)s from %(day)s") % {"kind": TariffKind(kind).label, "day": day}


def places() -> dict[str, str]:
    """The short names of all institutions by code."""
    rows = Institution.objects.values_list("code", "short_name", "name")
    return {code: short or name for code, short, name in rows}


def value(kind: str, written: str | Decimal) -> str:
    """A value with its unit."""
    number = Decimal(written)
    if kind in MONEY:
        return _("%(yuan)s yuan") % {"yuan": words.yuan(int(number))}
    return f"{number.normalize():f}"


def terms(found: Mapping[str, Any]) -> str:
    """The conditions of an adjustment in one line."""
    said = [str(found.get("name", ""))]
    if found.get("most_weight"):
        said.append(_("weight at most %(n)s") % {"n": found["most_weight"]})
    if found.get("minimal"):
        said.append(_("with a minimally invasive operation"))
    if found.get("ways"):
        ways = dict(WAYS)
        said.append(" / ".join(str(ways[way]) for way in found["ways"]))
    if found.get("drgs"):
        said.append(" ".join(found["drgs"]))
    return ", ".join(filter(None, said))
