"""Addresses of stays with two documents, below documents/."""

from django.urls import path

from grouping.pairs import views

urlpatterns = [
    path("", views.pairs, name="pairs"),
    path("<int:pk>/", views.pair, name="pair"),
    path("<int:pk>/match/", views.pair_decide, name="pair-decide"),
    path("<int:pk>/finding/", views.pair_find, name="pair-find"),
    path("<int:pk>/part/", views.pair_part, name="pair-part"),
]
