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
    path("months/", api.Months.as_view(), name="months"),
    path("months/<yyyymm:month>/", api.OneMonth.as_view(), name="month"),
    path("months/<yyyymm:month>/export/", api.MonthFile.as_view(), name="month-export"),
]
