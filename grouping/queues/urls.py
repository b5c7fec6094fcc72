"""Addresses of the work queues inside an alliance."""

from django.urls import path

from grouping.queues import quality_page, views

urlpatterns = [
    path("", views.queue, name="work-queue"),
    path("<int:pk>/", views.item, name="work-item"),
    path("quality/", quality_page.coding_quality, name="coding-quality"),
    path("act/<slug:step>/", views.act, name="queue-act"),
]
