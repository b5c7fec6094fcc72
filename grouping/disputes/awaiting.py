"""What a dispute waits for and from whom: one sentence for everybody who has no button for it now (S4-22)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from alliance.models import Membership
from grouping.disputes.services import DECIDE, hindered
from grouping.models import Dispute, DisputeExpert

State = Dispute.State
# The step that brings a dispute on from each state.
NEXT = {State.OPEN: "study", State.STUDIED: "reply", State.ANSWERED: "settle"}


def awaited(row: Dispute, membership: Membership, experts: Sequence[DisputeExpert]) -> str:
    """What is awaited, and from whom; "" where the member has the button, or nothing is awaited.

    Names of people only to who decides, as in the list of the panel.
    """
    name = NEXT.get(State(row.state))
    if name is None:
        return ""
    decides = membership.can(DECIDE)
    if decides and (name == "study" or hindered(membership, row, name) is None):
        return ""
    if name == "study":
        return _("Waits for the office of the alliance to take it up.")
    asked = [one for one in experts if one.recused_at is None]
    given = sum(bool(one.opinions.all()) for one in asked)
    if given < row.opinions_due:
        silent = [str(one.member.user) for one in asked if not one.opinions.all()] if decides else []
        return _opinions(row.opinions_due, given, silent)
    if name == "reply":
        return _("Waits for the answer of somebody who did not file it, is not of where it came from and is "
                 "not one of its experts.")  # fmt: skip
    if row.answered_by is None or not decides:
        return _("Waits for a second person of the office, not the one who answered, to settle it.")
    return _("Waits for somebody uninvolved other than %(name)s to settle it.") % {
        "name": row.answered_by.user
    }


def _opinions(owed: int, given: int, silent: Sequence[str]) -> str:
    counts = {"owed": owed, "given": given, "names": _(", ").join(silent)}
    if silent and given + len(silent) >= owed:
        return _("Waits for the opinions of %(names)s: %(given)d of %(owed)d are given.") % counts
    if silent:
        return _(
            "Waits for the opinions of %(names)s and of more experts: %(given)d of %(owed)d are given."
        ) % (counts)
    return _("Waits for the opinions of the panel: %(given)d of %(owed)d are given.") % counts
