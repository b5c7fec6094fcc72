"""What this room refuses."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class DisclosureRefused(Refused):
    """Something that may not be shown to the public yet."""

    reasons = {
        "not_released": "%(month)s has not been published inside the alliance. Publish it first.",
        "reason": "Say by which decision.",
        "same_person": "Another person than the one who entered it confirms.",
        "confirmed": "This is confirmed already.",
    }
    fields = {"same_person": "", "confirmed": ""}
