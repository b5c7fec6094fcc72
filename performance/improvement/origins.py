"""What an improvement item can follow from."""

from __future__ import annotations

from alliance.models import Membership
from alliance.web import carrying
from performance.improvement.models import Item

# Kinds of things and the word for each.
SOURCES = {
    "performance.portrait": Item.Source.PORTRAIT, "complaints.complaint": Item.Source.COMPLAINT,
    "complaints.month": Item.Source.CAUSE,
    "performance.clue": Item.Source.CLUE, "performance.monthstep": Item.Source.OTHER,
}  # fmt: skip


def named(membership: Membership, source: str, pk: int) -> carrying.Origin | None:
    """The thing a source and a number name, if there is one and the member may know it."""
    kinds = {str(one): kind for kind, one in SOURCES.items()}
    return carrying.find(membership, kinds[source], pk) if source in kinds else None
