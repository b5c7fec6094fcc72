"""Addresses of metrics inside an alliance; the month is a condition: ?month=2026-10."""

from django.urls import path

from grouping.metrics import more_views, views

urlpatterns = [
    path("", views.metrics, name="metrics"),
    path("figure/", views.metric, name="metric"),
    path("refresh/", views.metrics_refresh, name="metrics-refresh"),
    path("groups/", more_views.metric_groups, name="metric-groups"),
    path("review/", more_views.metric_review, name="metric-review"),
    path("readmissions/", more_views.metric_readmissions, name="metric-readmissions"),
    path("references/", more_views.metric_references, name="metric-references"),
]
