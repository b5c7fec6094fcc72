"""Addresses of tolerance cases inside an alliance."""

from django.urls import path

from performance.tolerance import views, views_reliefs

urlpatterns = [
    path("tolerance/", views.cases, name="tolerance"),
    path("tolerance/open/", views.open_case, name="tolerance-open"),
    path("tolerance/<int:pk>/", views.case, name="tolerance-case"),
    path("tolerance/<int:pk>/files/<int:file>/", views.file, name="tolerance-file"),
    path("tolerance/<int:pk>/act/<slug:step>/", views.act, name="tolerance-act"),
    path("tolerance/<int:pk>/exemptions/<int:exemption>/correction/", views_reliefs.make, name="relief-make"),
    path("tolerance/corrections/<int:pk>/", views_reliefs.relief, name="relief"),
    path("tolerance/corrections/<int:pk>/act/<slug:step>/", views_reliefs.act, name="relief-act"),
]
