"""API addresses of months, below /api/v1/."""

from django.urls import path

from performance import (
    api,
    converters,  # noqa: F401  (registers the month of an address)
)
from performance.consequences import api as consequences
from performance.declared import api as declared
from performance.fairness import api as fairness
from performance.onsite import api as onsite
from performance.pay import api as pay
from performance.payout import api as payout

urlpatterns = [
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
