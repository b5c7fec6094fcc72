"""Addresses of agreements inside an alliance."""

from django.urls import path

from performance.agreements import views

CLAUSE = "agreements/<int:pk>/clauses/<int:clause>/"
urlpatterns = [
    path("agreements/", views.agreement_list, name="agreements"),
    path("agreements/fulfilment/", views.picture, name="agreements-picture"),
    path("agreements/fill/", views.fill, name="agreements-fill"),
    path("agreements/enter/", views.enter, name="agreement-enter"),
    path("agreements/<int:pk>/", views.agreement, name="agreement"),
    path("agreements/<int:pk>/edit/", views.edit, name="agreement-edit"),
    path("agreements/<int:pk>/scan/", views.scan, name="agreement-scan"),
    path("agreements/<int:pk>/act/<slug:step>/", views.act, name="agreement-act"),
    path(CLAUSE, views.clause, name="clause"),
    path(f"{CLAUSE}act/<slug:step>/", views.clause_act, name="clause-act"),
    path(f"{CLAUSE}checks/<int:check>/file/", views.check_file, name="clause-check-file"),
]
