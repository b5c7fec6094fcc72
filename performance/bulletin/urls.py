"""Addresses of papers inside an alliance."""

from django.urls import path

from performance.bulletin import views

urlpatterns = [
    path("papers/", views.paper_list, name="papers"),
    path("papers/make/", views.make, name="paper-make"),
    path("papers/<int:pk>/", views.paper, name="paper"),
    path("papers/<int:pk>/edit/", views.edit, name="paper-edit"),
    path("papers/<int:pk>/print/", views.sheet, name="paper-print"),
    path("papers/<int:pk>/docx/", views.docx, name="paper-docx"),
    path("papers/<int:pk>/act/<slug:step>/", views.act, name="paper-act"),
]
