"""Addresses outside any alliance: sign-in, the choice of an alliance, the API, health."""

from django.urls import include, path

from alliance.web import health, home, second_factor, signin
from config.api import api_patterns

urlpatterns = [
    path("", home.root, name="root"),
    path("me/", home.me, name="me"),
    path("sign-in/", signin.sign_in, name="sign-in"),
    path("sign-in/code/", second_factor.ask, name="second-factor"),
    path("sign-in/enrol/", second_factor.enrol, name="enrol"),
    path("sign-in/password/", signin.password, name="password"),
    path("sign-out/", signin.sign_out, name="sign-out"),
    path("language/", signin.language, name="language"),
    path("open/", include("performance.disclosure.public_urls")),
    path("say/", include("complaints.public_urls")),
    path("say/", include("complaints.bills.public_urls")),
    path("say/", include("complaints.surveys.public_urls")),
    path("say/", include("referrals.offsite.public_urls")),
    path("healthz", health.healthz, name="healthz"),
    path("api/v1/", include((api_patterns, "api"))),
]
handler400 = "alliance.web.errors.bad_request"
handler403 = "alliance.web.errors.forbidden"
handler404 = "alliance.web.errors.not_found"
handler500 = "alliance.web.errors.server_error"
