"""Addresses of deductions inside an alliance."""

from django.urls import path

from performance.deductions import views

urlpatterns = [
    path("deductions/<int:pk>/charge/", views.charge, name="deduction-charge"),
    path("deductions/charges/<int:pk>/<slug:step>/", views.act, name="deduction-act"),
]
