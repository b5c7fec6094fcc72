"""API addresses of cases, below /api/v1/."""

from django.urls import path

from grouping import api
from grouping.abnormal import api as abnormal
from grouping.disputes import api as disputes
from grouping.metrics import api as metrics

urlpatterns = [
    path("abnormal/", abnormal.AbnormalReports.as_view(), name="abnormal"),
    path("abnormal/<int:pk>/", abnormal.OneAbnormalReport.as_view(), name="abnormal-report"),
    path("cases/<int:pk>/explanation/", api.CaseExplanation.as_view(), name="case-explanation"),
    path("disputes/", disputes.Disputes.as_view(), name="disputes"),
    path("metrics/", metrics.Metrics.as_view(), name="metrics"),
    path("metrics/cases/", metrics.MetricCaseList.as_view(), name="metric-cases"),
]
