"""Addresses of the reports, below /a/<code>/."""

from django.urls import path

from grouping.reports import (
    both_views,
    dictionary_views,
    effect_views,
    fund_views,
    item_views,
    paid_views,
    paytype_views,
)

urlpatterns = [
    path("payment-types/", paytype_views.payment_type_page, name="payment-types"),
    path("payment-types/cases/", paytype_views.payment_type_cases, name="payment-type-cases"),
    path("payment-types/rules/", paytype_views.payment_rules, name="payment-rules"),
    path("payment-month/", paid_views.payment_month, name="payment-month"),
    path("payment-month/cases/", paid_views.payment_month_cases, name="payment-month-cases"),
    path("drg-and-dip/", both_views.both_ways_page, name="both-ways"),
    path("drg-and-dip/cases/", both_views.both_ways_cases, name="both-ways-cases"),
    path("reform-effect/", effect_views.reform_effect, name="reform-effect"),
    path("fund-efficiency/", fund_views.fund_reports, name="fund-reports"),
    path("fund-efficiency/write/", fund_views.fund_report_write, name="fund-report-write"),
    path("fund-efficiency/<int:pk>/", fund_views.fund_report, name="fund-report"),
    path("fund-efficiency/<int:pk>/propose/", fund_views.fund_report_propose, name="fund-report-propose"),
    path("data-dictionary/", dictionary_views.data_dictionary, name="data-dictionary"),
    path("service-items/", item_views.item_lists, name="items"),
    path("service-items/catalogue/", item_views.item_catalogue_import, name="item-catalogue-import"),
    path("service-items/deliver/", item_views.item_list_import, name="item-list-import"),
    path("service-items/<int:pk>/", item_views.item_list, name="item-list"),
    path("service-items/decide/<int:pk>/", item_views.item_decide, name="item-decide"),
]
