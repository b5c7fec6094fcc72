"""Addresses of disputes inside an alliance."""

from django.urls import path

from grouping.disputes import panel_views, views

urlpatterns = [
    path("", views.disputes, name="disputes"),
    path("new/", views.dispute_new, name="dispute-new"),
    path("new/definition/", views.dispute_thing, name="dispute-thing"),
    path("new/paper/", views.dispute_paper, name="dispute-paper"),
    path("settled/", panel_views.settled, name="disputes-settled"),
    path("ledger.xlsx", panel_views.export, name="disputes-export"),
    path("<int:pk>/", views.dispute, name="dispute"),
    path("<int:pk>/panel/<slug:step>/", panel_views.act, name="dispute-panel"),
    path("<int:pk>/evidence/", views.dispute_evidence, name="dispute-evidence"),
    path("<int:pk>/<slug:step>/", views.dispute_act, name="dispute-act"),
]
