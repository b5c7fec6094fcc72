"""Addresses of entitlement sheets inside an alliance."""

from django.urls import path

from performance.entitlement import views

urlpatterns = [
    path("pay/entitlements/", views.sheet_list, name="pay-entitlements"),
    path("pay/entitlements/enter/", views.enter, name="pay-entitlement-enter"),
    path("pay/entitlements/<int:pk>/", views.sheet, name="pay-entitlement"),
    path("pay/entitlements/<int:pk>/scan/", views.scan, name="pay-entitlement-scan"),
    path("pay/entitlements/<int:pk>/workbook/", views.workbook, name="pay-entitlement-workbook"),
    path("pay/entitlements/<int:pk>/print/", views.printed, name="pay-entitlement-print"),
    path("pay/entitlements/<int:pk>/act/<slug:step>/", views.act, name="pay-entitlement-act"),
]
