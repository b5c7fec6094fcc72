"""Addresses of pay inside an alliance."""

from django.urls import path

from performance.pay.views import pools, pots, sources

urlpatterns = [
    path("pay/", pools.pool_list, name="pay"),
    path("pay/begin/", pools.begin, name="pay-begin"),
    path("pay/sources/", sources.source_list, name="pay-sources"),
    path("pay/sources/enter/<slug:what>/", sources.enter, name="pay-enter"),
    path("pay/sources/confirm/<slug:what>/<int:pk>/", sources.confirm, name="pay-confirm"),
    path("pay/sources/set-aside/<slug:what>/<int:pk>/", sources.set_aside, name="pay-aside"),
    path("pay/sources/scans/<int:pk>/", sources.scan, name="pay-scan"),
    path("pay/pots/", pots.pot_list, name="pay-pots"),
    path("pay/pots/<int:pk>/", pots.pot, name="pay-pot"),
    path("pay/pots/<int:pk>/plan/", pots.plan, name="pay-plan"),
    path("pay/pots/<int:pk>/print/", pots.sheet, name="pay-pot-print"),
    path("pay/pots/<int:pk>/objections/<int:reply>/", pots.answer, name="pay-answer"),
    path("pay/pots/<int:pk>/act/<slug:step>/", pots.act, name="pay-pot-act"),
    path("pay/<int:pk>/", pools.pool, name="pay-pool"),
    path("pay/<int:pk>/act/<slug:step>/", pools.act, name="pay-pool-act"),
]
