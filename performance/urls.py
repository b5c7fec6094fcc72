"""Addresses of months inside an alliance; a month is written 2026-10."""

from django.urls import include, path

from performance import converters  # noqa: F401  (registers the month of an address)
from performance.portrait import views as portrait
from performance.views import inputs, months, records, templates, why

urlpatterns = [
    path("", include("performance.drafting.urls")),
    path("", include("performance.levels.urls")),
    path("", include("performance.declared.urls")),
    path("", include("performance.evaluations.urls")),
    path("", include("performance.consequences.urls")),
    path("", include("performance.fairness.urls")),
    path("", include("performance.onsite.urls")),
    path("", include("performance.entitlement.urls")),
    path("", include("performance.uplift.urls")),
    path("", include("performance.pay.urls")),
    path("", include("performance.roster.urls")),
    path("", include("performance.appeals.urls")),
    path("", include("performance.bulletin.urls")),
    path("", include("performance.disclosure.urls")),
    path("", include("performance.payout.urls")),
    path("", include("performance.slip.urls")),
    path("", include("performance.deductions.urls")),
    path("", include("performance.life.urls")),
    path("months/", months.month_list, name="months"),
    path("months/templates/", templates.template_list, name="result-templates"),
    path("months/<yyyymm:month>/sheet/<int:pk>/", templates.sheet, name="month-sheet"),
    path("months/lines/<int:pk>/", why.month_line, name="month-line"),
    path("months/<yyyymm:month>/", months.month, name="month"),
    path("months/<yyyymm:month>/progress/", months.month_progress, name="month-progress"),
    path("months/<yyyymm:month>/compute/", months.month_compute, name="month-compute"),
    path("months/<yyyymm:month>/propose/", months.month_propose, name="month-propose"),
    path("months/<yyyymm:month>/export/", months.month_export, name="month-export"),
    path("months/<yyyymm:month>/bundles/", months.month_bundles, name="month-bundles"),
    path("months/<yyyymm:month>/inputs/", inputs.month_inputs, name="month-inputs"),
    path("months/<yyyymm:month>/inputs/pool/", inputs.month_pool, name="month-pool"),
    path(
        "months/<yyyymm:month>/inputs/pool/<int:pk>/confirm/",
        inputs.month_pool_confirm,
        name="month-pool-confirm",
    ),
    path("months/<yyyymm:month>/inputs/bases/", inputs.month_basis, name="month-basis"),
    path("months/<yyyymm:month>/inputs/exceptions/", inputs.month_exception, name="month-exception"),
    path(
        "months/<yyyymm:month>/inputs/exceptions/<int:pk>/confirm/",
        inputs.month_exception_confirm,
        name="month-exception-confirm",
    ),
    path("months/<yyyymm:month>/indicators/<slug:indicator>/", why.month_indicator, name="month-indicator"),
    path("months/<yyyymm:month>/institutions/<str:code>/", why.month_institution, name="month-institution"),
    path("months/<yyyymm:month>/standing/", portrait.month_standing, name="month-standing"),
    path("months/<yyyymm:month>/compare/", portrait.month_compare, name="month-compare"),
    path(
        "months/<yyyymm:month>/institutions/<str:code>/portrait/",
        portrait.month_portrait,
        name="month-portrait",
    ),
    path("months/<yyyymm:month>/institutions/<str:code>/why/", why.month_why, name="month-why"),
    path(
        "months/<yyyymm:month>/institutions/<str:code>/why/<slug:indicator>/",
        why.month_why_indicator,
        name="month-why-indicator",
    ),
    path(
        "months/<yyyymm:month>/institutions/<str:code>/records/<yyyymm:at>/<slug:key>/",
        records.month_records,
        name="month-records",
    ),
]
