"""Addresses of on-site assessment. Everything below `field/` is the scope of a visit's worker."""

from django.urls import path

from performance.onsite.views import afterwards, checklists, field, visits, workbooks

urlpatterns = [
    path("onsite/", visits.visit_list, name="onsite"),
    path("onsite/plan/", visits.plan, name="onsite-plan"),
    path("onsite/checklists/", checklists.checklist_list, name="onsite-checklists"),
    path("onsite/checklists/begin/", checklists.begin, name="onsite-checklist-begin"),
    path("onsite/checklists/<int:pk>/", checklists.checklist, name="onsite-checklist"),
    path("onsite/checklists/<int:pk>/workbook.xlsx", workbooks.export, name="onsite-checklist-export"),
    path("onsite/checklists/<int:pk>/workbook/", workbooks.bring, name="onsite-checklist-import"),
    path("onsite/checklists/<int:pk>/head/", checklists.terms, name="onsite-checklist-terms"),
    path("onsite/checklists/<int:pk>/items/", checklists.item, name="onsite-item-add"),
    path("onsite/checklists/<int:pk>/items/<slug:code>/", checklists.item, name="onsite-item"),
    path("onsite/checklists/<int:pk>/act/<slug:step>/", checklists.act, name="onsite-checklist-act"),
    path("onsite/rectifications/", afterwards.rectification_list, name="onsite-rectifications"),
    path("onsite/rectifications/<int:pk>/", afterwards.rectification, name="onsite-rectification"),
    path("onsite/rectifications/<int:pk>/proof/<int:proof>/", afterwards.proof, name="onsite-proof"),
    path("onsite/rectifications/<int:pk>/<slug:step>/", afterwards.rectify, name="onsite-rectify"),
    path("onsite/<int:pk>/", visits.visit, name="onsite-visit"),
    path("onsite/<int:pk>/act/<slug:step>/", visits.act, name="onsite-act"),
    path("onsite/<int:pk>/copy/", visits.copy, name="onsite-copy"),
    path("onsite/<int:pk>/photos/<int:photo>/", visits.photo, name="onsite-photo"),
    path("onsite/<int:pk>/photos/<int:photo>/withdraw/", visits.withdraw_photo, name="onsite-photo-withdraw"),
    path("onsite/<int:pk>/veto/", visits.veto, name="onsite-veto"),
    path("onsite/<int:pk>/signatures/<int:signature>/", visits.signature, name="onsite-signature"),
    path("onsite/<int:pk>/items/<int:result>/state/", afterwards.state, name="onsite-state"),
    path("onsite/<int:pk>/statements/<int:statement>/", afterwards.decide, name="onsite-decide"),
    path("onsite/<int:pk>/field/", field.field, name="onsite-field"),
    path("onsite/<int:pk>/field/worker.js", field.worker, name="onsite-worker"),
    path("onsite/<int:pk>/field/key/", field.key, name="onsite-key"),
    path("onsite/<int:pk>/field/answer/<slug:item>/", field.answer, name="onsite-answer"),
    path("onsite/<int:pk>/field/photo/<slug:item>/", field.photo, name="onsite-photo-add"),
    path("onsite/<int:pk>/field/sign/", field.sign, name="onsite-sign"),
    path("onsite/<int:pk>/field/finish/", field.finish, name="onsite-finish"),
]
