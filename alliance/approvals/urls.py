"""Addresses of approvals inside an alliance."""

from django.urls import path

from alliance.approvals import chain_pages, views

urlpatterns = [
    path("approvals/", views.approval_list, name="approvals"),
    path("approvals/chains/", chain_pages.chain_list, name="chains"),
    path("approvals/chains/<str:code>/", chain_pages.chain, name="chain"),
    path("approvals/<int:pk>/", views.approval, name="approval"),
    path("approvals/<int:pk>/decide/", views.decide, name="approval-decide"),
    path("approvals/<int:pk>/withdraw/", views.withdraw, name="approval-withdraw"),
    path("approvals/<int:pk>/outside/", views.outside, name="approval-outside"),
    path("approvals/<int:pk>/outside/<int:paper>/", views.check, name="approval-check"),
    path("approvals/<int:pk>/outside/<int:paper>/minutes/", views.minutes, name="approval-minutes"),
]
