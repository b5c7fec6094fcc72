"""API addresses of mutual confirmation, below /api/v1/."""

from django.urls import path

from alliance.confirmation import api

urlpatterns = [
    path("confirmations/", api.Months.as_view(), name="confirmation-months"),
    path("confirmations/lines/<int:pk>/", api.OneLine.as_view(), name="confirmation-line"),
    path("confirmations/lines/<int:pk>/<slug:word>/", api.SayWord.as_view(), name="confirmation-say"),
    path("confirmations/<str:month>/lines/", api.Lines.as_view(), name="confirmation-lines"),
]
