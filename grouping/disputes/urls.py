"""Addresses of disputes inside an alliance."""

from django.urls import path

from grouping.disputes import views

urlpatterns = [
    path("", views.disputes, name="disputes"),
    path("new/", views.dispute_new, name="dispute-new"),
    path("<int:pk>/", views.dispute, name="dispute"),
    path("<int:pk>/evidence/", views.dispute_evidence, name="dispute-evidence"),
    path("<int:pk>/<slug:step>/", views.dispute_act, name="dispute-act"),
]
