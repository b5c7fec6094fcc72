"""Addresses of tariffs."""

from django.urls import path

from grouping.tariffs import views

urlpatterns = [
    path("", views.tariffs, name="tariffs"),
    path("new/<str:kind>/", views.tariff_new, name="tariff-new"),
    path("sheets/<int:pk>/", views.tariff_sheet, name="tariff-sheet"),
    path("sheets/<int:pk>/edit/", views.tariff_edit, name="tariff-edit"),
    path("sheets/<int:pk>/discard/", views.tariff_discard, name="tariff-discard"),
    path("sheets/<int:pk>/propose/", views.tariff_propose, name="tariff-propose"),
]
