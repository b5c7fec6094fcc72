"""The steps of a divided surplus or a borne overspend in the words of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

STEPS: Mapping[str, Any] = {
    "budget": gettext_lazy("budget of the year"),
    "actual": gettext_lazy("paid by the insurer"),
    "gross": gettext_lazy("surplus of the budget"),
    "keep_limit": gettext_lazy("most that may be kept"),
    "handed_back": gettext_lazy("handed back to the insurer"),
    "net": gettext_lazy("surplus retained"),
    "carry_in": gettext_lazy("carried in from last year"),
    "available": gettext_lazy("there is to divide"),
    "carried_out": gettext_lazy("carried into next year"),
    "distributed": gettext_lazy("divided by the template"),
    "member_performance": gettext_lazy("performance of the members"),
    "collaboration_fund": gettext_lazy("collaboration development fund"),
    "staff_welfare": gettext_lazy("welfare of the staff"),
    "member_reward": gettext_lazy("reward of the members"),
    "reward_staff": gettext_lazy("of it for the pay of the staff"),
    "reward_other": gettext_lazy("of it for the institutions"),
    "alliance_part": gettext_lazy("kept by the alliance"),
    "reserve": gettext_lazy("kept after the fund"),
    "side_tertiary": gettext_lazy("hospitals together"),
    "side_primary": gettext_lazy("primary institutions together"),
    "member_part": gettext_lazy("part of the institution"),
    "whole": gettext_lazy("all parts together"),
    "overspend": gettext_lazy("overspend of the budget"),
    "uncontrollable": gettext_lazy("overspend that nobody could prevent"),
    "mismanagement": gettext_lazy("overspend by mismanagement"),
    "uncontrollable_borne": gettext_lazy("borne by the fund, not preventable"),
    "mismanagement_borne": gettext_lazy("borne by the fund, mismanagement"),
    "alliance_bears": gettext_lazy("borne by the members"),
    "patients_bear": gettext_lazy("borne by patients"),
}
NUMBERS: Mapping[str, Any] = {
    **STEPS, **{f"{name}_fen": label for name, label in STEPS.items()},
    "carry_out_percent": gettext_lazy("carried into next year (%)"),
    "account_member_performance": gettext_lazy("surplus: performance of the members"),
    "account_collaboration_fund": gettext_lazy("surplus: collaboration development fund"),
    "account_staff_welfare": gettext_lazy("surplus: welfare of the staff"),
    "account_reward_staff": gettext_lazy("surplus: pay of the members' staff"),
    "account_reward_other": gettext_lazy("surplus: members' institutions"),
    "account_reserve": gettext_lazy("surplus: kept by the alliance"),
    "score_side": gettext_lazy("side of the template"),
}  # fmt: skip
# Names inside the parameters' tables.
TERMS: Mapping[str, Any] = {
    "members": pgettext_lazy("surplus", "members"),
    "staff_pay_of_members": gettext_lazy("of it pay of the staff"),
    "collaboration_fund": STEPS["collaboration_fund"], "staff_welfare": STEPS["staff_welfare"],
    "tertiary": pgettext_lazy("surplus", "hospitals"),
    "primary": pgettext_lazy("surplus", "primary institutions"),
    "fund": gettext_lazy("insurance fund"), "alliance": gettext_lazy("alliance"),
}  # fmt: skip
