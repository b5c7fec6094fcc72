"""Money of a month that flows beside the pools: equipment clearing, training fund, deductions of letters.

Each is made and decided in its own room and posted by two people; here it stands with the way there.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance.equipment import facts as equipment
from alliance.lib.money import Fen
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.training import facts as training
from alliance.web.access import way
from alliance.web.cells import chip
from performance.deductions import facts as deductions
from performance.deductions.services import charging
from performance.models import Consequence, PayCharge

POSTED = {"posted": "ok", "proposed": "prov", "draft": ""}


@dataclass(frozen=True, slots=True)
class Beside:
    """A flow: its name, what it comes from, amount (fen), state, where it opens ("" where one may not)."""

    name: str
    basis: str
    fen: Fen
    state: SafeString
    url: str


def flows(month: Month, membership: Membership) -> list[Beside]:
    """What the member may know of a month; an institution its own part. At most six queries."""
    return [*_equipment(month, membership), *_training(month, membership), *_letters(month, membership)]


def _equipment(month: Month, membership: Membership) -> list[Beside]:
    """What institutions owe each other for shared devices, clearing by clearing."""
    if membership.institution_id is not None or not membership.can("equipment.view"):
        return []
    return [
        Beside(
            _("equipment clearing"), _("uses both sides confirmed"), row.fen,
            chip(POSTED[row.state], row.word), way(membership, "equipment-clearing", row.id),
        )
        for row in equipment.clearings(month)
    ]  # fmt: skip


def _training(month: Month, membership: Membership) -> list[Beside]:
    """The training fund of the year, as far as it is spent: by persons served, never to persons' pay."""
    if not membership.can("training.fund"):
        return []
    found = training.funds(month.year, month.last_day, institution_id=membership.institution_id)
    if not found:
        return []
    spent, whole = sum(one.spent_fen for one in found), sum(one.fen for one in found)
    state = chip("ok" if spent else "", _("spent of %(year)d") % {"year": month.year})
    basis = _("persons served × amount a head")
    url = way(membership, "training-fund")
    return [
        Beside(_("training fund of the year"), basis, whole, chip("", _("provided")), url),
        Beside(_("training fund, spent"), basis, spent, state, url),
    ]


def _letters(month: Month, membership: Membership) -> list[Beside]:
    """Deductions decided in the year, taken of the institutions' own shares once they are charged."""
    if not membership.can("consequence.view"):
        return []
    rows = Consequence.objects.filter(
        kind__in=charging.KINDS, period__startswith=str(month.year), fen__gt=0
    ).exclude(state=Consequence.State.WITHDRAWN)
    if membership.institution_id is not None:
        rows = rows.filter(institution=membership.institution_id)
    found = list(rows.select_related("institution").order_by("institution__code", "pk"))
    charges = deductions.states(found)
    return [
        Beside(
            str(row.get_kind_display()), str(row.institution), -(row.fen or 0),
            _state(row, charges.get(row.pk)), way(membership, "consequence", row.pk),
        )
        for row in found
    ]  # fmt: skip


def _state(row: Consequence, charge: PayCharge | None) -> SafeString:
    """Of a charged deduction how far its charge has come."""
    if charge is None or row.state != Consequence.State.AGREED:
        return chip("", row.get_state_display())
    return chip(POSTED[charge.state], charge.get_state_display())
