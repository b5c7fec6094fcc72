"""What this room refuses."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class ImprovementRefused(Refused):
    """A step of an improvement item that cannot be taken as things stand."""

    reasons = {
        "title": "Give it a title.",
        "indicator": "%(place)s has no computed value of this indicator in %(month)s. Choose another month.",
        "uncounted": "%(place)s: complaints of %(month)s give no figure. The month has to be over, "
        "complaints taken here and the visits declared. Choose another month, or declare the visits.",
        "direction": "This indicator has no better or worse. Choose one where more or less is better.",
        "wanted": "The goal is not better than the baseline of %(value)s.",
        "department": "The department belongs to another institution.",
        "doubled": "“%(title)s” is open and begins with the same figure of %(month)s. Go on with that item, "
        "or choose another month.",
        "cause": "Write the cause first.",
        "actions": "Give at least one action with who does it and until when.",
        "month": "Measure a month after the last one measured (%(month)s).",
        "changed": "The definition of the indicator changed by %(month)s. Close with an earlier figure, or "
        "open a new item: figures of two definitions are not compared.",
        "conclusion": "Write what was learned.",
        "open_actions": "%(n)d actions are not done yet. Have them answered and checked, or drop them.",
    }
    fields = {"doubled": "month", "actions": "", "uncounted": "month", "changed": "month", "open_actions": ""}
