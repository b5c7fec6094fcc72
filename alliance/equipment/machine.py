"""What the steps of a booking carry beside their states; the states stand at the model."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

USER, OWNER = "user", "owner"


def step(order: int, sides: Sequence[str], permit: str, label: object, icon: str) -> dict[str, object]:
    """Order of the button, the sides and the right it needs, its word and icon."""
    return {"order": order, "sides": tuple(sides), "permit": permit, "label": label, "icon": icon}


USE = step(1, [OWNER], "equipment.operate", _("Record the use…"), "check")
MOVE = step(2, [USER, OWNER], "equipment.book", _("Another time…"), "cal")
MISS = step(3, [OWNER], "equipment.operate", _("Did not come"), "x")
CANCEL = step(4, [USER, OWNER], "equipment.book", _("Cancel the booking…"), "undo")
ASK = step(9, [], "equipment.manage", _("Ask for another time"), "msg")
