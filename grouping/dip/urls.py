"""Addresses of DIP catalogues."""

from django.urls import path

from grouping.dip import views

urlpatterns = [
    path("", views.dip_catalogues, name="dip-catalogues"),
    path("import/", views.dip_import, name="dip-import"),
    path("<int:pk>/", views.dip_catalogue, name="dip-catalogue"),
    path("<int:pk>/propose/", views.dip_propose, name="dip-propose"),
    path("<int:pk>/discard/", views.dip_discard, name="dip-discard"),
]
