"""Addresses of postings inside an alliance."""

from django.urls import path

from alliance.postings import views

urlpatterns = [
    path("postings/", views.week, name="postings-week"),
    path("postings/all/", views.posting_list, name="postings"),
    path("postings/propose/", views.propose, name="posting-propose"),
    path("postings/promises/", views.promises, name="posting-promises"),
    path("postings/days/", views.visits, name="visits"),
    path("postings/days/<int:pk>/", views.visit, name="visit"),
    path("postings/days/<int:pk>/<slug:step>/", views.visit_act, name="visit-act"),
    path("postings/<int:pk>/", views.posting, name="posting"),
    path("postings/<int:pk>/evaluate/", views.evaluate, name="posting-evaluate"),
    path("postings/<int:pk>/<slug:step>/", views.posting_act, name="posting-act"),
]
