"""Addresses of referrals inside an alliance."""

from django.urls import path

from referrals import views

urlpatterns = [
    path("referrals/", views.referral_list, name="referrals"),
    path("referrals/log/", views.log, name="referral-log"),
    path("referrals/check/", views.check, name="referral-check"),
    path("referrals/<int:pk>/", views.referral, name="referral"),
    path("referrals/<int:pk>/change/", views.amend, name="referral-change"),
    path("referrals/<int:pk>/<slug:step>/", views.act, name="referral-act"),
]
