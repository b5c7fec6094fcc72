"""Addresses of scheme versions, below schemes/."""

from django.urls import path

from grouping.versions import carrying, difference, views

urlpatterns = [
    path("", views.scheme_list, name="schemes"),
    path("import/", views.scheme_import, name="scheme-import"),
    path("versions/<int:pk>/", views.scheme_version, name="scheme-version"),
    path("versions/<int:pk>/progress/", views.scheme_version_progress, name="scheme-version-progress"),
    path("versions/<int:pk>/findings/<str:form>/", views.scheme_findings, name="scheme-findings"),
    path("versions/<int:pk>/export/<str:form>/", views.scheme_export, name="scheme-export"),
    path("versions/<int:pk>/discard/", views.scheme_discard, name="scheme-discard"),
    path("versions/<int:pk>/copy/", views.scheme_copy, name="scheme-copy"),
    path("versions/<int:pk>/carry/", carrying.scheme_carry, name="scheme-carry"),
    path("versions/<int:pk>/propose/", views.scheme_propose, name="scheme-propose"),
    path("versions/<int:pk>/compare/", difference.scheme_compare_pick, name="scheme-compare-pick"),
    path("compare/<int:old>/<int:new>/", difference.scheme_compare, name="scheme-compare"),
    path("compare/<int:old>/<int:new>/csv/", difference.scheme_compare_export, name="scheme-compare-export"),
]
