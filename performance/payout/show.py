"""What every page of paying out shows: the pages of the room; what a member of the whole alliance may do."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.web import parts
from alliance.web.access import way


def tabs(current: str, membership: Membership) -> list[parts.Tab]:
    """The pages of the room that the member may open."""
    pages = [
        ("payout", _("Lots")), ("payout-rows", pgettext("payout", "Differences")),
        ("payout-accounts", _("Bank accounts")),
        ("payout-between", _("Between institutions")),
        ("payout-ground", _("Entities, templates, account map")),
    ]  # fmt: skip
    ways = [(name, label, way(membership, name)) for name, label in pages]
    return [parts.Tab(label, url, name == current) for name, label, url in ways if url]


def does(membership: Membership, right: str) -> bool:
    """Whether the member, of the whole alliance, may do it."""
    return membership.institution_id is None and membership.can(right)
