"""Addresses of referrals inside an alliance."""

from django.urls import path

from referrals import views

urlpatterns = [
    path("referrals/", views.referral_list, name="referrals"),
    path("referrals/log/", views.log, name="referral-log"),
    path("referrals/rates/", views.rates, name="referral-rates"),
    path("referrals/rates/records/", views.rate_records, name="referral-rate-records"),
    path("referrals/flow/", views.patient_flow, name="referral-flow"),
    path("referrals/visits/", views.visits, name="referral-visits"),
    path("referrals/rates/explain/", views.explain, name="referral-explain"),
    path("referrals/captured/", views.captured, name="referral-captured"),
    path("referrals/captured/<int:case>/", views.capture, name="referral-capture"),
    path("referrals/transfers/", views.transfers, name="referral-transfers"),
    path("referrals/scan/<str:number>/", views.scan, name="referral-scan"),
    path("referrals/board/", views.board, name="referral-board"),
    path("referrals/emergency/", views.emergency, name="referral-emergency"),
    path("referrals/diagnoses/", views.diagnoses, name="referral-diagnoses"),
    path("referrals/reception/", views.reception, name="referral-reception"),
    path("referrals/reception/<int:pk>/", views.reception_edit, name="referral-reception-edit"),
    path("referrals/check/", views.check, name="referral-check"),
    path("referrals/<int:pk>/", views.referral, name="referral"),
    path("referrals/<int:pk>/change/", views.amend, name="referral-change"),
    path("referrals/<int:pk>/files/", views.add_file, name="referral-add-file"),
    path("referrals/<int:pk>/files/<int:number>/", views.file, name="referral-file"),
    path("referrals/<int:pk>/filing/", views.filing, name="referral-filing"),
    path("referrals/<int:pk>/sheet/", views.sheet, name="referral-sheet"),
    path("referrals/<int:pk>/telephoned/", views.telephoned, name="referral-telephoned"),
    path("referrals/<int:pk>/form/", views.form_later, name="referral-form"),
    path("referrals/<int:pk>/<slug:step>/", views.act, name="referral-act"),
]
