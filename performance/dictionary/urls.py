"""Addresses of the dictionary inside an alliance."""

from django.urls import path

from performance.dictionary import views
from performance.own import views as own

urlpatterns = [
    path("indicators/", views.indicator_list, name="indicators"),
    path("indicators/export/", views.indicator_export, name="indicators-export"),
    path("indicators/try/", views.indicator_try, name="indicators-try"),
    path("own-indicators/", own.own_list, name="own-indicators"),
    path("own-indicators/new/", own.new, name="own-indicator-new"),
    path("own-indicators/<int:pk>/<slug:step>/", own.act, name="own-indicator-act"),
    path("indicators/<slug:code>/", views.indicator, name="indicator"),
]
