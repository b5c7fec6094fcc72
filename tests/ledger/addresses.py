"""The addresses of an alliance with those of the ledger and of approvals."""

from django.urls import include, path

from config import alliance_urls

urlpatterns = [
    path("", include("alliance.ledger.urls")),
    path("", include("alliance.approvals.urls")),
    *alliance_urls.urlpatterns,
]
handler404 = alliance_urls.handler404
handler403 = alliance_urls.handler403
