"""API addresses of recognition, below /api/v1/."""

from django.urls import path

from referrals.recognition import api
from referrals.recognition.services import STEPS

urlpatterns = [
    path("recognition/orders/", api.Orders.as_view(), name="recognition-orders"),
    path("recognition/orders/<int:pk>/", api.OneOrder.as_view(), name="recognition-order"),
    *(
        path(
            f"recognition/orders/<int:pk>/{step}/",
            api.Decide.as_view(step=step),
            name=f"recognition-{step}",
        )
        for step in STEPS
    ),
    path("recognition/results/", api.Results.as_view(), name="recognition-results"),
    path("recognition/items/", api.Items.as_view(), name="recognition-items"),
]
