"""What this room refuses: one sentence each, with a remedy, translated where it is shown."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class ChargeRefused(Refused):
    """A deduction that cannot be charged as asked."""

    reasons = {
        "nothing": "There is nothing to take: only a decided deduction of money that no appeal lifted is.",
        "there": "This deduction is on its way already. Look at its progress below.",
        "less": "An appeal left less of the deduction than is charged here. Discard this and charge it anew.",
        "appealed": "There is an open appeal about this deduction. It is taken once that is answered.",
    }
    fields = dict.fromkeys(reasons, "")
