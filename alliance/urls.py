"""Addresses of the ground inside an alliance, with those of its ledger and approvals."""

from django.urls import include, path

from alliance.messaging import views as messages
from alliance.web import file_pages, inbox_pages, jobs_pages, journal_pages, key_pages, parameter_pages

urlpatterns = [
    path("inbox/", inbox_pages.page, name="inbox"),
    path("messages/", messages.mine, name="messages"),
    path("messages/<int:pk>/choose/", messages.choose, name="message-choose"),
    path("messages/<int:pk>/end/", messages.end, name="message-end"),
    path("messages/addresses/", messages.addresses, name="message-addresses"),
    path("messages/addresses/<int:pk>/confirm/", messages.confirm, name="message-confirm"),
    path("messages/outbox/", messages.outbox_list, name="outbox"),
    path("messages/outbox/<int:pk>/again/", messages.again, name="outbox-again"),
    path("jobs/", jobs_pages.job_list, name="jobs"),
    path("jobs/<int:pk>/", jobs_pages.job, name="job"),
    path("jobs/<int:pk>/progress/", jobs_pages.job_progress, name="job-progress"),
    path("jobs/<int:pk>/rerun/", jobs_pages.job_rerun, name="job-rerun"),
    path("parameters/", parameter_pages.parameter_list, name="parameters"),
    path("parameters/<str:key>/", parameter_pages.parameter, name="parameter"),
    path("parameters/<str:key>/decide/", parameter_pages.parameter_decide, name="parameter-decide"),
    path("journal/", journal_pages.journal_list, name="journal"),
    path("journal/verify/", journal_pages.journal_verify, name="journal-verify"),
    path("files/<int:pk>/", file_pages.file, name="file"),
    path("api-keys/", key_pages.key_list, name="api-keys"),
    path("api-keys/<int:pk>/revoke/", key_pages.key_revoke, name="api-key-revoke"),
    path("", include("alliance.approvals.urls")),
    path("", include("alliance.ledger.urls")),
    path("", include("alliance.equipment.urls")),
]
