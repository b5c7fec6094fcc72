"""Addresses of recognition inside an alliance."""

from django.urls import path

from referrals.recognition.views import items, orders, results, trace

urlpatterns = [
    path("recognition/", orders.order_list, name="recognition"),
    path("recognition/order/", orders.new, name="recognition-order-new"),
    path("recognition/<int:pk>/", orders.order, name="recognition-order"),
    path("recognition/<int:pk>/<slug:step>/", orders.act, name="recognition-act"),
    path("recognition/figures/", trace.month_figures, name="recognition-figures"),
    path("recognition/duplicates/", trace.duplicates, name="recognition-duplicates"),
    path("recognition/trace/", trace.trace, name="recognition-trace"),
    path("recognition/trace/export/", trace.export, name="recognition-trace-export"),
    path("recognition/items/", items.item_list, name="recognition-items"),
    path("recognition/items/new/", items.item_new, name="recognition-item-new"),
    path("recognition/items/import/", items.import_items, name="recognition-items-import"),
    path("results/", results.result_list, name="results"),
    path("results/new/", results.new, name="result-new"),
    path("results/import/", results.import_results, name="results-import"),
    path("results/<int:pk>/", results.result, name="result"),
]
