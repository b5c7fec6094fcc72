"""What the steps of a consultation carry beside their states; the states stand at the model."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.models import step

ASK, ANSWER = "consultation.ask", "consultation.answer"

# Order of the buttons, side and right they need, words, icon, the time they stamp.
ACCEPTING = step(1, "target", ANSWER, _("Take it on…"), "check", "accepted_at")
ANSWERING = step(2, "target", ANSWER, _("Answer…"), "send", "answered_at")
RETURNING = step(3, "target", ANSWER, _("Ask for more information…"), "undo", "returned_at")
DECLINING = step(4, "target", ANSWER, _("Say no…"), "ban", "closed_at")
CLOSING = step(5, "origin", ASK, _("Record the outcome…"), "ok", "closed_at")
CANCELLING = step(6, "origin", ASK, _("Cancel the request…"), "x", "closed_at")
# Sending again is the asker's change of the form, not a button of its own.
RESENDING = step(7, "", ASK, _("Send again"), "send", "resent_at")
