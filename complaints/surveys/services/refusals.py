"""Why something about a survey cannot be done."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class SurveyRefused(Refused):
    """A survey or a questionnaire that cannot stand so."""

    reasons = {
        "code": "Letters, digits and _ name a questionnaire; this name is taken by another kind.",
        "title": "Give the title in Chinese and in English.",
        "released": "This edition is released already.",
        "not_released": "Only a released edition is asked. Release it first.",
        "same": "Nothing differs from the edition before.",
        "period": "A survey speaks of a month, a quarter from its first month, or a year from January.",
        "future": "The period has not ended yet: its discharges are not all known. Choose an earlier one.",
        "days": "The last day is not before the first.",
        "places": "Choose one institution at least.",
        "nobody": "There is nobody to ask: no discharge, no member or no link in these institutions.",
        "early": "It is answered until %(last)s. Count it from the next day on.",
        "ended": "This survey is counted or given up already.",
        "why": "Say why it is given up.",
        "printed": "Every link of this institution is on paper. Declare a run void to replace its codes.",
        "void_why": "Say why the run is void.",
        "void_already": "This run is void already.",
    }
    fields = {
        "period": "month", "future": "month", "days": "closes_on", "nobody": "places", "printed": "",
        "void_why": "why", "void_already": "",
    }  # fmt: skip


class LinkRefused(Refused):
    """A link or an invitation that takes no answer."""

    reasons = {
        "unknown": "This link leads nowhere.",
        "early": "This survey begins on %(first)s.",
        "ended": "This survey has ended.",
        "spent": "This link has been used; each one is good for one answer.",
        "incomplete": "An answer is missing: %(question)s.",
    }
