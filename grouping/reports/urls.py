"""Addresses of the reports, below /a/<code>/."""

from django.urls import path

from grouping.reports import paytype_views

urlpatterns = [
    path("payment-types/", paytype_views.payment_type_page, name="payment-types"),
    path("payment-types/cases/", paytype_views.payment_type_cases, name="payment-type-cases"),
    path("payment-types/rules/", paytype_views.payment_rules, name="payment-rules"),
]
