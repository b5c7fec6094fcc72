"""Addresses of mutual confirmation inside an alliance."""

from django.urls import path

from alliance.confirmation import views

urlpatterns = [
    path("confirmations/", views.latest, name="confirmations"),
    path("confirmations/months/", views.month_list, name="confirmation-months"),
    path("confirmations/months/open/", views.open_month, name="confirmation-open"),
    path("confirmations/lines/<int:pk>/", views.line, name="confirmation-line"),
    path("confirmations/lines/<int:pk>/confirm/", views.confirm, name="confirmation-confirm"),
    path("confirmations/lines/<int:pk>/object/", views.object_to, name="confirmation-object"),
    path("confirmations/differences/", views.difference_list, name="confirmation-differences"),
    path(
        "confirmations/differences/<int:pk>/<slug:step>/",
        views.difference_act,
        name="confirmation-difference",
    ),
    path("confirmations/<str:month>/", views.month, name="confirmation-month"),
    path("confirmations/<str:month>/confirm/", views.confirm_many, name="confirmation-confirm-many"),
    path("confirmations/<str:month>/count/", views.count_again, name="confirmation-count"),
    path("confirmations/<str:month>/missing/", views.missing, name="confirmation-missing"),
    path("confirmations/<str:month>/export/", views.export, name="confirmation-export"),
    path(
        "confirmations/<str:month>/<str:code>/<str:partner>/", views.statement, name="confirmation-statement"
    ),
]
