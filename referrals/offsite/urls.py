"""Addresses of off-site filings inside an alliance."""

from django.urls import path

from referrals.offsite import views

urlpatterns = [
    path("offsite/", views.filings, name="offsite"),
    path("offsite/new/", views.enter, name="offsite-enter"),
    path("offsite/slip/<str:sheet>/", views.slip, name="offsite-slip"),
    path("offsite/<int:pk>/", views.filing, name="offsite-filing"),
    path("offsite/<int:pk>/files/<int:file>/", views.file, name="offsite-file"),
    path("offsite/<int:pk>/reveal/", views.reveal, name="offsite-reveal"),
    path("offsite/<int:pk>/act/<slug:step>/", views.act, name="offsite-act"),
]
