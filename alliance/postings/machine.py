"""What the steps of postings and visits carry beside their states; the states stand at the models."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.models import step

# A posting: what one institution offers and another takes.
AGREE = step(1, "host", "posting.host", _("Agree"), "check")
REFUSE = step(2, "host", "posting.host", _("Refuse…"), "ban")
END = step(3, "sender host", "posting.plan", _("End early…"), "x")
WITHDRAW = step(4, "sender", "posting.plan", _("Withdraw…"), "undo")

# A visit: one expert, one day, one host.
REPORT = step(1, "sender", "posting.report", _("Report the day…"), "check")
CONFIRM = step(2, "host", "posting.host", _("Confirm"), "ok")
DISPUTE = step(3, "host", "posting.host", _("It was not so…"), "alert")
ABSENT = step(4, "sender host", "posting.report", _("Did not take place…"), "x")
MOVE = step(5, "sender host", "posting.report", _("Swap…"), "refresh")
DROP = step(6, "sender host", "posting.plan", _("Drop"), "x")
