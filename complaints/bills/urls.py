"""Addresses of questions about bills inside an alliance."""

from django.urls import path

from complaints.bills import views

urlpatterns = [
    path("bills/", views.bills, name="bills"),
    path("bills/print/", views.bills_print, name="bills-print"),
    path("bills/batches/<int:pk>/revoke/", views.batch_revoke, name="bill-batch-revoke"),
    path("bills/questions/<int:pk>/", views.question, name="bill-question"),
    path("bills/guides/", views.guides, name="bill-guides"),
    path("bills/guides/<int:pk>/confirm/", views.guide_confirm, name="bill-guide-confirm"),
]
