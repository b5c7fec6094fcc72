"""Addresses of uplifts of pay totals inside an alliance."""

from django.urls import path

from performance.uplift import views

urlpatterns = [
    path("pay/uplifts/", views.sheet_list, name="pay-uplifts"),
    path("pay/uplifts/enter/", views.enter, name="pay-uplift-enter"),
    path("pay/uplifts/linked/", views.linked_list, name="pay-linked"),
    path("pay/uplifts/linked/enter/", views.enter_linked, name="pay-linked-enter"),
    path("pay/uplifts/linked/<int:pk>/confirm/", views.confirm_linked, name="pay-linked-confirm"),
    path("pay/uplifts/linked/<int:pk>/set-aside/", views.leave_linked, name="pay-linked-aside"),
    path("pay/uplifts/<int:pk>/", views.sheet, name="pay-uplift"),
    path("pay/uplifts/<int:pk>/scan/", views.scan, name="pay-uplift-scan"),
    path("pay/uplifts/<int:pk>/workbook/", views.workbook, name="pay-uplift-workbook"),
    path("pay/uplifts/<int:pk>/print/", views.printed, name="pay-uplift-print"),
    path("pay/uplifts/<int:pk>/act/<slug:step>/", views.act, name="pay-uplift-act"),
]
