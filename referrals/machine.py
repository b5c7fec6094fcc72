"""What the steps of a referral carry beside their states; the states stand at the model."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


def step(order: int, side: str, permit: str, label: object, icon: str, stamps: str) -> dict[str, object]:
    """What a step of the machine carries beside its states."""
    return {"order": order, "side": side, "permit": permit, "label": label, "icon": icon, "stamps": stamps}


# What the steps of the machine carry: order of the buttons, side and right they need, the time they stamp.
ACCEPT = step(1, "target", "referral.accept", _("Accept"), "check", "answered_at")
DECLINE = step(2, "target", "referral.decline", _("Decline…"), "ban", "answered_at")
ARRIVE = step(3, "target", "referral.arrive", _("The patient is here"), "check", "arrived_at")
NO_SHOW = step(4, "target", "referral.arrive", _("Did not come…"), "x", "closed_at")
COMPLETE = step(5, "target", "referral.complete", _("Complete with a reply…"), "ok", "completed_at")
CANCEL = step(6, "origin", "referral.cancel", _("Cancel the referral…"), "undo", "closed_at")
