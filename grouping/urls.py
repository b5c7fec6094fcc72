"""Addresses of case files, cases and schemes inside an alliance."""

from django.urls import include, path

from grouping.views import cases, deliveries, delivery, interpreter, schemes, share

urlpatterns = [
    path("", include("grouping.reports.urls")),
    path("case-files/", deliveries.case_files, name="case-files"),
    path("case-files/deliver/", deliveries.upload, name="case-file-upload"),
    path("case-files/declare/", deliveries.declaration, name="declaration"),
    path("case-files/<int:pk>/", delivery.case_file, name="case-file"),
    path("case-files/<int:pk>/progress/", delivery.case_file_progress, name="case-file-progress"),
    path("case-files/<int:pk>/bad-rows/", delivery.case_file_bad, name="case-file-bad"),
    path("case-files/<int:pk>/publish/", delivery.case_file_publish, name="case-file-publish"),
    path("case-files/<int:pk>/discard/", delivery.case_file_discard, name="case-file-discard"),
    path("case-files/<int:pk>/missing/", delivery.case_missing_answer, name="case-missing-answer"),
    path("case-files/<int:pk>/own/", share.case_file_share, name="case-file-share"),
    path("case-files/<int:pk>/own/bad-rows/", share.case_file_share_bad, name="case-file-share-bad"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/unmask/", cases.case_unmask, name="case-unmask"),
    path("disputes/", include("grouping.disputes.urls")),
    path("work-queue/", include("grouping.queues.urls")),
    path("interpreter/", interpreter.interpreter, name="interpreter"),
    path("schemes/<int:pk>/", schemes.scheme, name="scheme"),
    path("central/", include("grouping.central.urls")),
    path("documents/", include("grouping.pairs.urls")),
    path("sources/", include("grouping.sources.urls")),
    path("schemes/", include("grouping.versions.urls")),
    path("schemes/", include("grouping.trials.urls")),
    path("schemes/", include("grouping.weighing.urls")),
    path("metrics/", include("grouping.metrics.urls")),
    path("dip/", include("grouping.dip.urls")),
    path("tariffs/", include("grouping.tariffs.urls")),
]
