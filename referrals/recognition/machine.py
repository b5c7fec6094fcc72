"""What the steps of an ordered examination carry beside their states; the states stand at the model."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.models import step

DECIDE = "recognition.decide"

RECOGNISE = step(1, "own", DECIDE, _("Recognise the result"), "check", "decided_at")
REPEAT = step(2, "own", DECIDE, _("Repeat the examination…"), "refresh", "decided_at")
WITHDRAW = step(3, "own", DECIDE, _("Withdraw the order…"), "x", "decided_at")
# Taken by the order itself when the alliance holds no valid result.
CLEAR = step(4, "", DECIDE, _("No result to recognise"), "dash", "decided_at")
