"""What the steps of a complaint carry beside their states; the states stand at the model."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.models import step

VIEW, ENTER, HANDLE, ANSWER = "complaint.view", "complaint.enter", "complaint.handle", "complaint.answer"
OVERSEE, IMPORT, EXPORT = "complaint.oversee", "complaint.import", "complaint.export"
REVEAL, BOX = "complaint.reveal", "sealed_box.open"
KEEPERS, PROPOSE, OBJECT = "sealed_box.keepers", "sealed_box.propose", "sealed_box.object"

OFFICES, ALL = "institution alliance", "department institution alliance"

# Order of the buttons, sides and right they need, words, icon, the time they stamp.
ANSWERING = step(1, ALL, ANSWER, _("Write the first answer…"), "send", "first_answered_at")
RESOLVING = step(2, ALL, ANSWER, _("Write the result…"), "ok", "resolved_at")
ASSIGNING = step(3, OFFICES, HANDLE, _("Give it to a department…"), "users", "assigned_at")
CLOSING = step(4, OFFICES, HANDLE, _("Note that the person says it is solved…"), "check", "closed_at")
REOPENING = step(5, OFFICES, HANDLE, _("The person says it is not solved…"), "undo", "reopened_at")
# One complaint less is a better figure for who is complained of: the alliance's office alone merges.
MERGING = step(6, "alliance", HANDLE, _("Merge a duplicate…"), "link", "closed_at")
WITHDRAWING = step(7, OFFICES, HANDLE, _("Note that the person withdraws it…"), "x", "closed_at")
RESTORING = step(8, OFFICES, HANDLE, _("The person did not withdraw it…"), "undo", "reopened_at")
SEPARATING = step(9, "alliance", HANDLE, _("Take it out again: it is another matter…"), "undo", "reopened_at")
