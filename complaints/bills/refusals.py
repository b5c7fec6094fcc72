"""Why something about a bill is refused, in sentences for people."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class BillRefused(Refused):
    """The step cannot be taken."""

    reasons = {
        "nobody": "No stay was discharged on this day. Choose another day, or deliver its case file first.",
        "too_many": "More than %(most)d stays: print them by record number.",
        "second": "Somebody else than who entered it has to confirm it.",
        "settled": "Somebody has done this already.",
    }


class NotOpened(Exception):
    """A bill is not shown: `wait` where too often was tried, else nothing of the three fits or the link is
    over. Which part was wrong is never told.
    """

    def __init__(self, *, wait: bool = False) -> None:
        super().__init__("wait" if wait else "nothing")
        self.wait = wait
