"""Addresses of the ledger inside an alliance."""

from django.urls import path

from alliance.ledger import views

urlpatterns = [
    path("ledger/", views.journal_list, name="ledger"),
    path("ledger/journals/<int:pk>/", views.journal, name="ledger-journal"),
    path("ledger/journals/<int:pk>/reverse/", views.reverse, name="ledger-reverse"),
    path("ledger/accounts/<int:pk>/", views.account, name="ledger-account"),
    path("ledger/trial-balance/", views.trial, name="ledger-trial"),
    path("ledger/close/", views.close, name="ledger-close"),
]
