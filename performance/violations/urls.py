"""Addresses of violation cases inside an alliance."""

from django.urls import path

from performance.violations import views

ONE = "violations/<int:pk>/"
urlpatterns = [
    path("violations/", views.violation_list, name="violations"),
    path("violations/open/", views.open_case, name="violation-open"),
    path(ONE, views.violation, name="violation"),
    path(f"{ONE}evidence/<int:evidence>/file/", views.evidence_file, name="violation-evidence-file"),
    path(f"{ONE}statement/file/", views.statement_file, name="violation-statement-file"),
    path(f"{ONE}papers/<slug:which>/", views.paper, name="violation-paper"),
    path(f"{ONE}papers/<slug:which>/docx/", views.paper_docx, name="violation-paper-docx"),
    path(f"{ONE}act/<slug:step>/", views.act, name="violation-act"),
]
