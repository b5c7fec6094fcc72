"""The eight looks: what each is called, its rule, whose limits it reads, how it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.lib.period import Month
from performance.engine.gaming.finding import Looked
from performance.fairness import facts
from performance.fairness.limits import Given
from performance.models import Detector as Code


@dataclass(frozen=True)
class Detector:
    """One look. `keys`: the parameters it reads beside those all share; `tried`: thresholds may be tried."""

    code: str
    rule: Any
    reasoning: Any
    innocent: Any
    keys: tuple[str, ...]
    look: Callable[[Month, Given, datetime], Looked]
    tried: bool = True

    @property
    def name(self) -> Any:
        """What it is called."""
        return Code(self.code).label


ALL: Mapping[str, Detector] = {
    one.code: one
    for one in (
        Detector(
            "pingpong",
            _(
                "Between two institutions: patients sent down and up again with the same three-character "
                "diagnosis within the days, or who arrived and were never treated."
            ),
            _(
                "A decided share is tolerated. The exact binomial probability says whether so many idle "
                "referrals fit such a share; the average of the alliance is no yardstick, for where all "
                "do it nobody would stand out."
            ),
            _(
                "A patient may truly get worse. Pairs with few idle referrals are not tested, and each "
                "case can be explained."
            ),
            ("fairness.pingpong", "fairness.months", "referral.pingpong_days"),
            facts.pingpong_of,
        ),
        Detector(
            "split",
            _(
                "The same person discharged and admitted again within the days, same three-character "
                "diagnosis or ADRG (R01), by institution, then by department."
            ),
            _(
                "The split admissions of each group are shared out by its admissions (indirect "
                "standardisation); the probability is that so many of them fall here. It is the limit of "
                "a funnel plot, wide for small places and where nobody else has the group; below a ratio "
                "nothing is told however certain."
            ),
            _(
                "Planned chains, accepted referrals, transfers, emergencies and the diagnoses of the list"
                " are left out before counting."
            ),
            (
                "fairness.split", "fairness.split.planned", "fairness.split.near", "fairness.months",
                "split_admission.days",
            ),
            facts.split_of,
        ),
        Detector(
            "erased",
            _(
                "Patients who came back within the window and count as no readmission, because a referral "
                "was accepted that did not continue the stay: it sent them back up, or came from elsewhere."
            ),
            _(
                "An accepted referral ends a readmission whatever its direction or day. A decided share is "
                "tolerated; the exact binomial probability says whether so many fit it."
            ),
            _(
                "A referral down by who discharged is care continued and is left out. A patient may truly "
                "get worse; few are not tested, and each pair of stays can be explained."
            ),
            ("fairness.erased", "fairness.months", "readmit_days"),
            facts.erased_of,
        ),
        Detector(
            "praise",
            _(
                "Two institutions that gave each other the best mark of a round, both far above what the "
                "others gave."
            ),
            _(
                "What a giver usually gives and a taker usually gets is taken off; what is left of both "
                "marks is compared with the spread of all marks."
            ),
            _(
                "Ratings stay with who gave them: means of fewer raters than the round asks for are never"
                " read, no mark is kept, and only those who decide learn of the pair. It is held against "
                "nobody: the round can be repeated with other raters."
            ),
            ("fairness.praise", "peer_review.raters_min"),
            facts.praise_of,
            tried=False,
        ),
        Detector(
            "drift",
            _(
                "After another grouping scheme began to hold: the share of cases in the heavier groups of"
                " a family (ADRG) rose by far more than that of the others."
            ),
            _(
                "A difference in differences: the own share before, moved by what happened to all others "
                "in the same family, is what is expected; the sum over families is a normal test."
            ),
            _(
                "Seasons, new code lists and better training move everybody and cancel. Few cases are not"
                " tested. A true change of patients is explained by their records."
            ),
            ("fairness.drift",),
            facts.drift_of,
        ),
        Detector(
            "rush",
            _(
                "Referrals, discharges or follow-ups heaped on the last days of the month, or follow-ups "
                "written down long after."
            ),
            _(
                "Three yardsticks: the own months before, all others in this month (Fisher), days that "
                "are all alike (binomial). Only what is improbable against each of them counts; one of "
                "few events carries little."
            ),
            _(
                "Weekends and holidays fall on everybody and stand in the yardstick. Few events are not "
                "tested."
            ),
            ("fairness.rush",),
            facts.rush_of,
        ),
        Detector(
            "balance",
            _(
                "Above the middle in what is done (process, quantity) and below it in what is reached "
                "(outcome, value), far apart."
            ),
            _(
                "The gap of both sides is measured against the gaps of all institutions (median and "
                "median deviation), so that an easy side of the scheme is easy for everybody."
            ),
            _("It accuses nobody. It says what a talk should be about."),
            ("fairness.balance", "fairness.balance.axes"),
            facts.balance_of,
        ),
        Detector(
            "heaping",
            _("Declared counts of a hundred and more end in 0 or 5 far more often than one in five."),
            _(
                "Counted things have no favourite last digit; the exact binomial probability tells habit "
                "from luck."
            ),
            _("Estimates may be allowed: then the exception says until when."),
            ("fairness.heaping",),
            facts.heaping_of,
        ),
    )
}  # fmt: skip
