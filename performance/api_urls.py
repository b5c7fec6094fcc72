"""API addresses of months, below /api/v1/."""

from django.urls import path

from performance import (
    api,
    converters,  # noqa: F401  (registers the month of an address)
)
from performance.agreements import api as agreements
from performance.consequences import api as consequences
from performance.decided import api as decided
from performance.declared import api as declared
from performance.duty import api as duty
from performance.fairness import api as fairness
from performance.onsite import api as onsite
from performance.pay import api as pay
from performance.payout import api as payout
from performance.tolerance import api as tolerance
from performance.verification import api as verification
from performance.violations import api as violations

urlpatterns = [
    path("agreements/", agreements.Agreements.as_view(), name="agreements"),
    path("agreements/<int:pk>/", agreements.OneAgreement.as_view(), name="agreement"),
    path("duty/", duty.DutyPersons.as_view(), name="duty"),
    path("duty/<int:pk>/", duty.OneDutyPerson.as_view(), name="duty-person"),
    path("tolerance/", tolerance.ToleranceCases.as_view(), name="tolerance"),
    path("tolerance/<int:pk>/", tolerance.OneToleranceCase.as_view(), name="tolerance-case"),
    path("verification/", verification.Opinions.as_view(), name="verification"),
    path("verification/<int:pk>/", verification.OneOpinion.as_view(), name="verification-opinion"),
    path("violations/", violations.Violations.as_view(), name="violations"),
    path("violations/<int:pk>/", violations.OneViolation.as_view(), name="violation"),
    path("clues/", fairness.Clues.as_view(), name="clues"),
    path("clues/<int:pk>/", fairness.OneClue.as_view(), name="clue"),
    path("declared/", declared.Values.as_view(), name="declared"),
    path("declared/<int:pk>/", declared.OneValue.as_view(), name="declared-value"),
    path("letters/", consequences.Letters.as_view(), name="letters"),
    path("letters/<int:pk>/", consequences.OneLetter.as_view(), name="letter"),
    path("consequences/", consequences.Consequences.as_view(), name="consequences"),
    path("consequences/<int:pk>/", consequences.OneConsequence.as_view(), name="consequence"),
    path("onsite/", onsite.Visits.as_view(), name="onsite"),
    path("onsite/<int:pk>/", onsite.OneVisit.as_view(), name="onsite-visit"),
    path("pay/entitlements/", decided.Entitlements.as_view(), name="pay-entitlements"),
    path("pay/entitlements/<int:pk>/", decided.OneEntitlement.as_view(), name="pay-entitlement"),
    path("pay/uplifts/", decided.Uplifts.as_view(), name="pay-uplifts"),
    path("pay/uplifts/<int:pk>/", decided.OneUplift.as_view(), name="pay-uplift"),
    path("pay/pools/", pay.Pools.as_view(), name="pay-pools"),
    path("pay/pools/<int:pk>/", pay.OnePool.as_view(), name="pay-pool"),
    path("pay/pots/", pay.Pots.as_view(), name="pay-pots"),
    path("pay/pots/<int:pk>/", pay.OnePot.as_view(), name="pay-pot"),
    path("pay/lines/", pay.MyLines.as_view(), name="pay-lines"),
    path("payout/lots/", payout.Lots.as_view(), name="payout-lots"),
    path("payout/lots/<int:pk>/", payout.OneLot.as_view(), name="payout-lot"),
    path("months/", api.Months.as_view(), name="months"),
    path("months/<yyyymm:month>/", api.OneMonth.as_view(), name="month"),
    path("months/<yyyymm:month>/export/", api.MonthFile.as_view(), name="month-export"),
]
