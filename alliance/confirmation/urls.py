"""Addresses of mutual confirmation inside an alliance."""

from django.urls import path

from alliance.confirmation.views import differences, lines, months, papers

urlpatterns = [
    path("confirmations/", months.latest, name="confirmations"),
    path("confirmations/months/", months.month_list, name="confirmation-months"),
    path("confirmations/months/open/", months.open_month, name="confirmation-open"),
    path("confirmations/lines/<int:pk>/", lines.line, name="confirmation-line"),
    path("confirmations/lines/<int:pk>/confirm/", lines.confirm, name="confirmation-confirm"),
    path("confirmations/lines/<int:pk>/object/", lines.object_to, name="confirmation-object"),
    path("confirmations/lines/<int:pk>/reopen/", lines.reopen, name="confirmation-reopen"),
    path("confirmations/differences/", differences.difference_list, name="confirmation-differences"),
    path(
        "confirmations/differences/<int:pk>/<slug:step>/",
        differences.difference_act,
        name="confirmation-difference",
    ),
    path("confirmations/<str:month>/", months.month, name="confirmation-month"),
    path("confirmations/<str:month>/confirm/", months.confirm_many, name="confirmation-confirm-many"),
    path("confirmations/<str:month>/count/", months.count_again, name="confirmation-count"),
    path("confirmations/<str:month>/missing/", months.missing, name="confirmation-missing"),
    path("confirmations/<str:month>/export/", papers.export, name="confirmation-export"),
    path(
        "confirmations/<str:month>/<str:code>/<str:partner>/", papers.statement, name="confirmation-statement"
    ),
]
