"""API addresses of shared equipment, below /api/v1/."""

from django.urls import path

from alliance.equipment import api

urlpatterns = [
    path("equipment/", api.Devices.as_view(), name="equipment"),
    path("equipment/bookings/", api.Bookings.as_view(), name="equipment-bookings"),
    path("equipment/bookings/<int:pk>/", api.OneBooking.as_view(), name="equipment-booking"),
]
