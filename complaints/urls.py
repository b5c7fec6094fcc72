"""Addresses of complaints inside an alliance."""

from django.urls import path

from complaints.views import box, desk, figures, keepers, staff

urlpatterns = [
    path("complaints/", staff.complaint_list, name="complaints"),
    path("complaints/enter/", desk.enter, name="complaint-enter"),
    path("complaints/slip/<str:sheet>/", desk.slip, name="complaint-slip"),
    path("complaints/codes/", desk.codes, name="complaint-codes"),
    path("complaints/codes/<str:place>/", desk.code, name="complaint-code"),
    path("complaints/orders/", desk.orders, name="complaint-orders"),
    path("complaints/figures/", figures.figures, name="complaint-figures"),
    path("complaints/figures/export/", figures.export, name="complaint-export"),
    path("complaints/box/", box.box_list, name="sealed-box"),
    path("complaints/box/keepers/", keepers.page, name="box-keepers"),
    path("complaints/box/keepers/noted/", keepers.noted, name="box-keepers-noted"),
    path("complaints/box/keepers/<int:pk>/object/", keepers.objected, name="box-keeper-object"),
    path("complaints/box/keepers/<int:pk>/<slug:step>/", keepers.act, name="box-keeper-act"),
    path("complaints/box/<int:pk>/", box.report, name="sealed-report"),
    path("complaints/box/<int:pk>/files/<int:file>/", box.file, name="sealed-file"),
    path("complaints/<int:pk>/", staff.complaint, name="complaint"),
    path("complaints/<int:pk>/files/<int:file>/", staff.file, name="complaint-file"),
    path("complaints/<int:pk>/<slug:step>/", staff.act, name="complaint-act"),
]
