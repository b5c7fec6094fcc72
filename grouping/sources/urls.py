"""Addresses of data sources, below sources/."""

from django.urls import path

from grouping.sources import mapping_views, views

urlpatterns = [
    path("", views.source_list, name="sources"),
    path("new/", views.source_new, name="source-new"),
    path("<int:pk>/", views.source, name="source"),
    path("<int:pk>/settings/", views.source_settings, name="source-settings"),
    path("<int:pk>/retire/", views.source_retire, name="source-retire"),
    path("<int:pk>/sample/", mapping_views.source_sample, name="source-sample"),
    path("<int:pk>/mapping/<int:sample>/", mapping_views.source_mapping, name="source-mapping"),
]
