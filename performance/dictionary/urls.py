"""Addresses of the dictionary inside an alliance."""

from django.urls import path

from performance.dictionary import views

urlpatterns = [
    path("indicators/", views.indicator_list, name="indicators"),
    path("indicators/export/", views.indicator_export, name="indicators-export"),
    path("indicators/try/", views.indicator_try, name="indicators-try"),
    path("indicators/<slug:code>/", views.indicator, name="indicator"),
]
