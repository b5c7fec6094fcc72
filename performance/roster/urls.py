"""Addresses of frozen rosters inside an alliance."""

from django.urls import path

from performance import converters  # noqa: F401  (registers the month of an address)
from performance.roster import views

urlpatterns = [
    path("pay/roster/<yyyymm:month>/", views.roster, name="pay-roster"),
    path("pay/roster/changes/<int:pk>/<slug:step>/", views.act, name="pay-roster-act"),
]
