"""Addresses of the levels of a month."""

from django.urls import path

from performance.levels import views

AT = "months/<yyyymm:month>/levels/<slug:level>/"
ONE = "months/level-scores/<int:pk>/"

urlpatterns = [
    path(AT, views.level, name="level"),
    path(f"{AT}compute/", views.compute, name="level-compute"),
    path(f"{AT}progress/", views.level_progress, name="level-progress"),
    path(ONE, views.subject, name="level-subject"),
    path(f"{ONE}why/<slug:indicator>/", views.indicator, name="level-indicator"),
    path(f"{ONE}records/<yyyymm:at>/<slug:key>/", views.level_records, name="level-records"),
]
