"""Addresses of improvement inside an alliance."""

from django.urls import path

from performance.improvement import views

urlpatterns = [
    path("improvements/", views.item_list, name="improvements"),
    path("improvements/open/", views.open_item, name="improvement-open"),
    path("improvements/report/", views.report, name="improvement-report"),
    path("improvements/report/docx/", views.report_docx, name="improvement-report-docx"),
    path("improvements/<int:pk>/", views.item, name="improvement"),
    path("improvements/<int:pk>/act/<slug:step>/", views.act, name="improvement-act"),
]
