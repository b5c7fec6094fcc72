"""What the steps of a booking carry beside their states; the states stand at the model."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.models import step

USER, OWNER = "user", "owner"
BOTH = f"{USER} {OWNER}"

USE = step(1, OWNER, "equipment.operate", _("Record the use…"), "check")
MOVE = step(2, BOTH, "equipment.book", _("Another time…"), "cal")
MISS = step(3, OWNER, "equipment.operate", _("Did not come"), "x")
CANCEL = step(4, BOTH, "equipment.book", _("Cancel the booking…"), "undo")
ASK = step(9, "", "equipment.manage", _("Ask for another time"), "msg")
