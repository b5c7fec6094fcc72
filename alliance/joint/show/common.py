"""The tabs of the room."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.web import parts


def tabs(membership: Membership, current: str) -> list[parts.Tab]:
    """The pages of the room this member may open."""
    pages = [
        ("joint", _("Steps to do"), "joint.view"),
        ("joint-persons", _("Persons"), "joint.view"),
        ("joint-rates", _("Completion"), "joint.view"),
        ("joint-projects", _("Projects"), "joint.view"),
        ("joint-conferences", _("Case conferences"), "joint.view"),
        ("joint-cases", _("Techniques"), "joint.view"),
        ("joint-research", _("Research"), "joint.view"),
        ("joint-costs", _("Coordination costs"), "joint.costs"),
    ]
    return [
        parts.Tab(label, reverse(name), name == current)
        for name, label, right in pages
        if membership.can(right)
    ]
