"""Addresses of the work queues inside an alliance."""

from django.urls import path

from grouping.queues import views

urlpatterns = [
    path("", views.queue, name="work-queue"),
    path("<int:pk>/", views.item, name="work-item"),
    path("act/<slug:step>/", views.act, name="queue-act"),
]
