"""Addresses of evaluations."""

from django.urls import path

from performance.evaluations import views

AT = "evaluations/"

urlpatterns = [
    path(AT, views.evaluations, name="evaluations"),
    path(f"{AT}open/", views.evaluation_open, name="evaluation-open"),
    path(f"{AT}<int:pk>/", views.evaluation, name="evaluation"),
    path(f"{AT}<int:pk>/sheet/", views.evaluation_sheet, name="evaluation-sheet"),
    path(f"{AT}<int:pk>/close/", views.evaluation_close, name="evaluation-close"),
]
