"""Addresses of dry runs, below schemes/."""

from django.urls import path

from grouping.trials import council, views

urlpatterns = [
    path("versions/<int:pk>/dry-run/", views.scheme_dry_run, name="scheme-dry-run"),
    path("trials/<int:pk>/", views.scheme_trial, name="scheme-trial"),
    path("trials/<int:pk>/progress/", views.scheme_trial_progress, name="scheme-trial-progress"),
    path("trials/<int:pk>/csv/", views.scheme_trial_export, name="scheme-trial-export"),
    path("trials/<int:pk>/xlsx/", council.scheme_trial_workbook, name="scheme-trial-workbook"),
    path("trials/<int:pk>/sheet/", council.scheme_trial_sheet, name="scheme-trial-sheet"),
    path("trials/<int:pk>/cases/", views.scheme_trial_cases, name="scheme-trial-cases"),
    path("trials/<int:pk>/discard/", views.scheme_trial_discard, name="scheme-trial-discard"),
]
