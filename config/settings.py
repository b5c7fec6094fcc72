"""Settings: one file, everything that differs between machines from the environment, loud when it is
missing.
"""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

SECRET_KEY = env("SECRET_KEY")
# Plain http on one's own machine: no Secure cookies and no redirect; production leaves it out.
LOCAL_HTTP = env.bool("LOCAL_HTTP", default=False)
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.admin",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    "csp",
    "django_htmx",
    "django_filters",
    "django_tables2",
    "import_export",
    "rest_framework",
    "drf_spectacular",
    "alliance",
    "alliance.ledger",
    "alliance.approvals",
    "alliance.postings",
    "alliance.training",
    "alliance.joint",
    "alliance.equipment",
    "alliance.confirmation",
    "grouping",
    "grouping.abnormal",
    "referrals",
    "referrals.consultations",
    "referrals.recognition",
    "referrals.offsite",
    "referrals.mdt",
    "complaints",
    "complaints.bills",
    "complaints.surveys",
    "complaints.events",
    "performance",
    "performance.meetings",
    "performance.improvement",
    "performance.agreements",
    "performance.violations",
    "performance.tolerance",
    "performance.duty",
    "performance.verification",
]

MIDDLEWARE = [
    "alliance.tenancy.middleware.AddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "alliance.web.public.without_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "alliance.tenancy.sessions.SessionLimitsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "alliance.tenancy.middleware.AllianceMiddleware",
    "alliance.web.errors.told_methods",
]

ROOT_URLCONF = "config.urls"
# Pages of one alliance: reached below /a/<code>/, resolved without that prefix (alliance.tenancy.middleware).
ALLIANCE_URLCONF = "config.alliance_urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "alliance.templatetags.xietong",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "alliance.web.context.house",
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"]["ENGINE"] = "alliance.tenancy.backend"
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=300)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # rendering must happen inside: see AllianceMiddleware
APP_ROLE = env("APP_ROLE", default="xietong_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_LOCK_TIMEOUT = env("MIGRATION_LOCK_TIMEOUT", default="5s")

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env("CACHE_URL", default=env("REDIS_URL")),
        "KEY_PREFIX": "xietong",
    }
}

AUTH_USER_MODEL = "alliance.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": env.int("PASSWORD_MIN_LENGTH", default=12)},
    },
    {"NAME": "alliance.tenancy.sessions.MaximumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

AXES_FAILURE_LIMIT = env.int("AXES_FAILURE_LIMIT", default=5)
AXES_COOLOFF_TIME = env.float("AXES_COOLOFF_HOURS", default=0.5)
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = True
# Many people sit behind one address: it is locked after more failures than an account.
AXES_ADDRESS_FAILURE_LIMIT = env.int("AXES_ADDRESS_FAILURE_LIMIT", default=50)
AXES_HANDLER = "alliance.web.lockout.Handler"
AXES_LOCKOUT_CALLABLE = "alliance.web.lockout.locked_out"
AXES_IPWARE_META_PRECEDENCE_ORDER = ["REMOTE_ADDR"]
AXES_VERBOSE = False

# "required": roles marked so in data/roles.toml pass a second factor in each session; "offered": whoever set
# one up
# does, for machines that serve nobody else. Anything but "offered" counts as required.
SECOND_FACTOR = env("SECOND_FACTOR", default="required")

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.int("SESSION_ABSOLUTE_SECONDS", default=12 * 3600)
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not LOCAL_HTTP
SECURE_HSTS_SECONDS = 0 if LOCAL_HTTP else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL_HTTP
# A proxy of ours ends TLS and appends the address of the caller: without one nobody is believed about either.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "alliance.web.errors.csrf_failed"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "static-collected"))
# From npm only what pages use, by name; nothing third-party is committed and nothing loads from elsewhere.
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/tabler/css", BASE_DIR / "node_modules/@tabler/core/dist/css"),
    ("vendor/echarts", BASE_DIR / "node_modules/echarts/dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = env.path("MEDIA_DIR")
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "alliance.web.uploads.SealedUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# AES-GCM keys for numbers and files, "id:hex" each, the first one writes; the blind key makes search tokens.
FIELD_KEYS = env.list("FIELD_KEYS")
BLIND_KEY = env("BLIND_KEY")

CELERY_BROKER_URL = env("REDIS_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = env.int("WORKER_MAX_TASKS", default=200)
CELERY_TASK_TIME_LIMIT = env.int("WORKER_HARD_SECONDS", default=3600)
CELERY_TASK_SOFT_TIME_LIMIT = env.int("WORKER_SOFT_SECONDS", default=3500)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=60)
# How many workers beside the first share the check of one large file.
CHECK_HELPERS = env.int("CHECK_HELPERS", default=1)
JOB_SWEEP_SECONDS = env.int("JOB_SWEEP_SECONDS", default=30)
JOB_ATTEMPTS = env.int(
    "JOB_ATTEMPTS", default=3
)  # attempts in a row without progress until a job is given up

# A public form is read for some seconds before a person sends it, and stays good for half a day.
PUBLIC_FORM_SECONDS = env.int("PUBLIC_FORM_SECONDS", default=3)
PUBLIC_FORM_AGE = env.int("PUBLIC_FORM_AGE", default=12 * 3600)

# Messages to the outside: every channel is off until it is named here (mail, wecom, dingtalk). Robots are
# posted to at these hosts alone; links in messages begin with SITE_URL.
MESSAGE_CHANNELS = env.list("MESSAGE_CHANNELS", default=[])
WEBHOOK_HOSTS = env.list("WEBHOOK_HOSTS", default=["qyapi.weixin.qq.com", "oapi.dingtalk.com"])
WEBHOOK_CA_FILE = env("WEBHOOK_CA_FILE", default="")
SITE_URL = env("SITE_URL", default="")
EMAIL_HOST = env("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="xietong@localhost")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "alliance.web.api.TokenAuthentication",
        "alliance.web.api.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["alliance.web.api.IsMember"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.ScopedRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "read": env("API_READ_RATE", default="600/min"),
        "write": env("API_WRITE_RATE", default="120/min"),
        "open": env("OPEN_RATE", default="60/min"),
        "say": env("SAY_RATE", default="20/min"),
        "say_read": env("SAY_READ_RATE", default="120/min"),
        "say_send": env("SAY_SEND_RATE", default="30/hour"),
    },
    "EXCEPTION_HANDLER": "alliance.web.api.explain",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Xietong API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    # Choices that several fields share are named after what they are, not after one of the fields.
    "ENUM_NAME_OVERRIDES": {
        "FollowUpTaskEnum": "referrals.models.followup.FollowUp.Task",
        "OnsiteVisitStateEnum": "performance.models.onsite.OnsiteVisit.State",
        "PayPoolStateEnum": "performance.models.pay_pools.PayPool.State",
        "PayPotStateEnum": "performance.models.pay_pots.PayPot.State",
        "PayoutPaymentStateEnum": "performance.models.payout_lots.PayoutPayment.State",
        "PayoutLotStateEnum": "performance.models.payout_lots.LotState",
    },
}
EXPORT_MOST_ROWS = env.int("EXPORT_MOST_ROWS", default=20_000)  # of master data; more is asked for in parts
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = True
OTP_TOTP_ISSUER = "Xietong"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {
        "secrets": {"()": "alliance.web.quiet_log.WithoutSecrets"},
        "refusals": {"()": "alliance.web.quiet_log.RefusalInOneLine"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]},
    },
    "loggers": {"django.request": {"filters": ["refusals"]}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
}
SILENCED_SYSTEM_CHECKS = ["fields.W342"]
