"""What the bank gave back of a person's pay and no later lot has taken up (practice.md 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from alliance.models import Membership, Staff
from performance.payout.services import returned


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What is said of lines and of amounts of corrections (by pk) that the bank gave back."""

    lines: Mapping[int, str] = field(default_factory=dict)
    dues: Mapping[int, str] = field(default_factory=dict)


def of_person(staff: Staff, member: Membership) -> GivenBack:
    """Of a person; one query. What the bank said of the account is for who sees the account: its owner and
    the office.
    """
    told = returned.parts().filter(payment__staff=staff, later=None).order_by("pk")
    sees = member.institution_id is None or member.user_id == staff.user_id
    lines: dict[int, str] = {}
    dues: dict[int, str] = {}
    for line, due, why, is_anew in told.values_list("line", "due", "why", "anew"):
        found, pk = (lines, line) if line is not None else (dues, due)
        found[pk] = _words(why if sees else "", anew=is_anew)
    return GivenBack(lines, dues)


def _words(why: str, *, anew: bool) -> str:
    head = _("given back by the bank (%(why)s)") % {"why": why} if why else _("given back by the bank")
    said = (
        _("%(given_back)s; the account is confirmed anew, it is paid with the next lot")
        if anew
        else _("%(given_back)s; it is paid once the account is confirmed anew")
    )
    return said % {"given_back": head}
