"""Evidence bundles of a month that left the house: which is the newest, and why it is not the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import words
from performance.bundle import verifying as names
from performance.models import HandedOut, MonthLife, MonthRun
from performance.models.pay import PayKind
from performance.services import exporting

# What a member of the file is; pools stand under pay/.
PARTS: Mapping[str, Any] = {
    names.INPUTS: gettext_lazy("frozen inputs"), names.RESULT: gettext_lazy("scores and shares"),
    names.RULES: gettext_lazy("rules, parameters and source accounts"),
    names.ROSTER: gettext_lazy("monthly roster"), names.LOTS: gettext_lazy("payment lots"),
    names.LEDGER: gettext_lazy("entries in the books"),
    names.ACCOUNTS: gettext_lazy("accounts"), names.OPINIONS: gettext_lazy("opinions of third parties"),
    names.JOURNAL: gettext_lazy("journal of the month"),
}  # fmt: skip
POOL = "pay/"


@dataclass(frozen=True, slots=True)
class Shown:
    """One bundle, and in sentences what it holds otherwise than the one before."""

    row: HandedOut
    why: tuple[str, ...]
    newest: bool

    @property
    def size(self) -> str:
        """In KiB."""
        return words.DASH if self.row.size is None else f"{words.num(-(-self.row.size // 1024))} KiB"


def of(month: Month) -> list[Shown]:
    """All of a month, the newest first; one query."""
    found = HandedOut.objects.filter(run__month=month.first_day).select_related("run", "handed_by__user")
    rows = list(found.order_by("-pk"))
    return [
        Shown(row, tuple(why(earlier, row)), newest=not place)
        for place, (row, earlier) in enumerate(zip_longest(rows, rows[1:]))
    ]


def why(earlier: HandedOut | None, row: HandedOut) -> Iterator[str]:
    """Why a bundle has not the digest of the one before, each cause in a sentence."""
    if earlier is None:
        return
    if earlier.digest == row.digest:
        yield _("The same file as the one before: nothing was added to the month.")
        return
    old, new = earlier.held, row.held
    if not old or not new:
        yield _("What the earlier file held was not kept beside its digest.")
        return
    if old["run"] != new["run"]:
        yield _("The month was computed again: run %(new)s takes the place of run %(old)s.") % {
            "new": new["run"], "old": old["run"],
        }  # fmt: skip
    if (old["state"], old["stage"], old["books"]) != (new["state"], new["stage"], new["books"]):
        yield _("The month went on: %(old)s → %(new)s.") % {"old": _stage(old), "new": _stage(new)}
    if old["code_version"] != new["code_version"]:
        yield _("Written by another version of the software: %(old)s → %(new)s.") % {
            "old": old["code_version"], "new": new["code_version"],
        }  # fmt: skip
    yield from _members(old, new)


def _members(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    was, now = ({one["name"]: one["sha256"] for one in held["members"]} for held in (old, new))
    added = [_part(name) for name in now if name not in was]
    other = [_part(name) for name in now if name in was and now[name] != was[name]]
    for said, found in ((_("New in it: %(names)s."), added), (_("Other than before: %(names)s."), other)):
        if found:
            yield said % {"names": _(", ").join(found)}


def _part(name: str) -> str:
    if not name.startswith(POOL):
        return str(PARTS.get(name, name))
    kind, _dash, number = name.removeprefix(POOL).partition(".")[0].rpartition("-")
    return _("pool %(kind)s %(number)s") % {"kind": PayKind(kind).label, "number": number}


def _stage(held: Mapping[str, Any]) -> str:
    """How far the month was, and whether its books were closed."""
    said = MonthLife.State(held["stage"]).label if held["stage"] else MonthRun.State(held["state"]).label
    return _("%(stage)s, books closed") % {"stage": said} if held["books"] == "closed" else str(said)


def page(membership: Membership, month: Month, asked: str) -> dict[str, Any]:
    """All bundles of a month, and which of them the digest asked for is."""
    rows, asked = of(month), "".join(asked.split()).lower()
    found = next((one for one in rows if one.row.digest == asked), None) if asked else None
    later = rows[: rows.index(found)] if found else []
    return {
        "title": _("Evidence bundles of %(month)s") % {"month": words.month(month)}, "month": month,
        "rows": rows, "asked": asked, "found": found,
        "later": [one for one in reversed(later) if found and one.row.digest != found.row.digest],
        "takes": membership.institution_id is None and membership.can(exporting.RIGHT),
    }  # fmt: skip
