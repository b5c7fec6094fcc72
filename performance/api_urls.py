"""API addresses of months, below /api/v1/."""

from django.urls import path

from performance import (
    api,
    converters,  # noqa: F401  (registers the month of an address)
)
from performance.declared import api as declared

urlpatterns = [
    path("declared/", declared.Values.as_view(), name="declared"),
    path("declared/<int:pk>/", declared.OneValue.as_view(), name="declared-value"),
    path("months/", api.Months.as_view(), name="months"),
    path("months/<yyyymm:month>/", api.OneMonth.as_view(), name="month"),
    path("months/<yyyymm:month>/export/", api.MonthFile.as_view(), name="month-export"),
]
