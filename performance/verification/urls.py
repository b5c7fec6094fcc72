"""Addresses of verification opinions inside an alliance."""

from django.urls import path

from performance.verification import views

ONE = "verification/<int:pk>/"
urlpatterns = [
    path("verification/", views.opinion_list, name="verifications"),
    path("verification/draw/", views.draw, name="verification-draw"),
    path(ONE, views.opinion, name="verification"),
    path(f"{ONE}file/", views.opinion_file, name="verification-file"),
    path(f"{ONE}items/<int:item>/file/", views.item_file, name="verification-item-file"),
    path(f"{ONE}act/<slug:step>/", views.act, name="verification-act"),
]
