"""Addresses of weights, below schemes/."""

from django.urls import path

from grouping.weighing import views

urlpatterns = [
    path("versions/<int:pk>/weights/", views.scheme_weights, name="scheme-weights"),
    path("versions/<int:pk>/weigh/", views.scheme_weigh, name="scheme-weigh"),
    path("proposals/<int:pk>/", views.scheme_proposal, name="scheme-proposal"),
    path("proposals/<int:pk>/progress/", views.scheme_proposal_progress, name="scheme-proposal-progress"),
]
