"""Addresses of responsibility letters inside an alliance."""

from django.urls import path

from performance.duty import views

urlpatterns = [
    path("duty/", views.rounds_page, name="duty"),
    path("duty/mine/", views.mine, name="duty-mine"),
    path("duty/sign/", views.sign, name="duty-sign"),
    path("duty/workbook/", views.workbook, name="duty-workbook"),
    path("duty/print/", views.sheet, name="duty-print"),
    path("duty/letters/<int:pk>/", views.letter, name="duty-letter"),
    path("duty/letters/<int:pk>/print/", views.letter_sheet, name="duty-letter-print"),
    path("duty/remind/<slug:code>/", views.remind, name="duty-remind"),
    path("duty/end/", views.end, name="duty-end"),
    path("duty/versions/", views.version_list, name="duty-versions"),
    path("duty/versions/enter/", views.enter, name="duty-enter"),
    path("duty/versions/<int:pk>/", views.version, name="duty-version"),
    path("duty/versions/<int:pk>/text/", views.version_text, name="duty-text"),
    path("duty/versions/<int:pk>/act/<slug:step>/", views.act, name="duty-act"),
]
