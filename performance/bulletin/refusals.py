"""What this room refuses."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class PaperRefused(Refused):
    """A paper that cannot stand as it is."""

    reasons = {
        "no_result": "%(month)s has no approved result yet. A paper is filled from what is approved.",
        "there": "A draft of this paper is there already. Edit or release that one.",
        "title": "Give the paper a title.",
        "number": "“%(text)s” looks like a telephone or identity number. A paper names nobody's numbers.",
    }
    fields = {"no_result": "", "there": "", "number": ""}
