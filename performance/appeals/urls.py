"""Addresses of appeals inside an alliance."""

from django.urls import path

from performance.appeals import views, views_uphold

urlpatterns = [
    path("appeals/", views.appeal_list, name="appeals"),
    path("appeals/file/", views.appeal_file, name="appeal-file"),
    path("appeals/<int:pk>/", views.appeal, name="appeal"),
    path("appeals/<int:pk>/add/", views.add, name="appeal-add"),
    path("appeals/<int:pk>/act/<slug:step>/", views.act, name="appeal-act"),
    path("appeals/<int:pk>/uphold/", views_uphold.uphold, name="appeal-uphold"),
    path("appeals/<int:pk>/files/<int:file>/", views.file, name="appeal-evidence"),
]
