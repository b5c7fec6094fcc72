"""Addresses of shared equipment inside an alliance."""

from django.urls import path

from alliance.equipment.views import bookings, clearings, devices, figures, queue, requests, uses

urlpatterns = [
    path("equipment/", devices.device_list, name="equipment"),
    path("equipment/<int:pk>/", devices.device, name="device"),
    path("equipment/<int:pk>/book/", devices.book, name="equipment-book"),
    path("equipment/<int:pk>/wait/", queue.wait, name="equipment-wait"),
    path("equipment/waiting/<int:pk>/leave/", queue.leave, name="equipment-wait-leave"),
    path("equipment/<int:pk>/outage/", queue.outage, name="equipment-outage"),
    path("equipment/outages/<int:pk>/lift/", queue.lift, name="equipment-outage-lift"),
    path("equipment/bookings/", bookings.booking_list, name="equipment-bookings"),
    path("equipment/bookings/<int:pk>/", bookings.booking, name="equipment-booking"),
    path("equipment/bookings/<int:pk>/<slug:step>/", bookings.act, name="equipment-booking-act"),
    path("equipment/uses/", uses.use_list, name="equipment-uses"),
    path("equipment/uses/confirm/", uses.confirm_many, name="equipment-uses-confirm"),
    path("equipment/uses/<int:pk>/", uses.use, name="equipment-use"),
    path("equipment/uses/<int:pk>/<slug:step>/", uses.act, name="equipment-use-act"),
    path("equipment/<int:pk>/use/", uses.new, name="equipment-use-new"),
    path("equipment/requests/", requests.request_list, name="equipment-requests"),
    path("equipment/requests/new/", requests.ask, name="equipment-request-new"),
    path("equipment/requests/<int:pk>/", requests.purchase, name="equipment-request"),
    path("equipment/figures/", figures.figures, name="equipment-figures"),
    path("equipment/<int:pk>/figures/", figures.device_figures, name="equipment-device-figures"),
    path("equipment/clearings/", clearings.clearing_list, name="equipment-clearings"),
    path("equipment/clearings/make/", clearings.make, name="equipment-clearing-make"),
    path("equipment/clearings/<int:pk>/", clearings.clearing, name="equipment-clearing"),
    path("equipment/clearings/<int:pk>/<slug:step>/", clearings.act, name="equipment-clearing-act"),
    path(
        "equipment/clearings/<int:pk>/statement/<str:code>/", clearings.statement, name="equipment-statement"
    ),
]
