"""Settings. One module; what differs by place comes from the environment (see docs/operations.md)."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from liandong.config import database

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = database.home()


def env(name: str, default: str = "") -> str:
    return os.environ.get(f"LIANDONG_{name}", default)


def flag(name: str, default: bool = False) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


DEMO = flag("DEMO")
DEBUG = flag("DEBUG")
SECRET_KEY = env("SECRET_KEY") or database.local_secret(HOME)
SECRET_KEY_FALLBACKS = env("OLD_SECRET_KEYS").split()  # keys before this one: what they signed stays good until they are taken out
SITE_URL = env("SITE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env("HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "csp",
    "procrastinate.contrib.django",
    "liandong.core",
    "liandong.ui",
    "liandong.journal",
    "liandong.accounts",
    "liandong.notices",
    "liandong.organizations",
    "liandong.venues",
    "liandong.imports",
    "liandong.bookings",
    "liandong.appointments",
    "liandong.stations",
    "liandong.volunteers",
    "liandong.needs",
    "liandong.surveys",
    "liandong.visits",
    "liandong.themes",
    "liandong.projects",
    "liandong.activities",
    "liandong.overlap",
    "liandong.matching",
    "liandong.points",
    "liandong.recognition",
    "liandong.honours",
    "liandong.rewards",
    "liandong.evaluation",
    "liandong.dossier",
    "liandong.insight",
    "liandong.portal",
    "liandong.demo",
    "liandong.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "liandong.core.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "liandong.core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "liandong.core.middleware.NulMiddleware",
    "liandong.core.middleware.RefusalMiddleware",
    "liandong.core.middleware.PrivateResponseMiddleware",
]

ROOT_URLCONF = "liandong.config.urls"
WSGI_APPLICATION = "liandong.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liandong.ui.context.display",
                "liandong.portal.context.navigation",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "liandong.ui.templatetags.ui",
            ],
        },
    }
]

DATABASES = {"default": database.settings(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:home"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
MEDIA_ROOT = HOME / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG or flag("PLAIN_STATIC"):  # at the desk and in tests files are served from where they are written
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True

BEHIND_PROXY = flag("BEHIND_PROXY")  # then the address of a visitor is the last one the proxy names
if SITE_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
    SECURE_SSL_REDIRECT = BEHIND_PROXY
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Messages leave through one door; without a gateway they are printed on the console.
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if env("SMTP_HOST") else "django.core.mail.backends.console.EmailBackend"
EMAIL_HOST = env("SMTP_HOST")
EMAIL_PORT = int(env("SMTP_PORT", "465"))
EMAIL_HOST_USER = env("SMTP_USER")
EMAIL_HOST_PASSWORD = env("SMTP_PASSWORD")
EMAIL_USE_SSL = bool(env("SMTP_HOST"))
DEFAULT_FROM_EMAIL = env("MAIL_FROM", "liandong@localhost")
SMS_GATEWAY = env("SMS_GATEWAY", "liandong.notices.gateways.console")
SMS_URL = env("SMS_URL")
SMS_KEY = env("SMS_KEY")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "reactions"

SITE_NAME = _("Liandong")
SITE_PLACE = env("PLACE")  # whose Liandong this is; empty: the street or district that the site holds
CARE_PHONE = env("CARE_PHONE")  # whom people can call; empty: the number of the hub
OUTLINES = env(
    "OUTLINES", str(BASE_DIR / "demo" / "outlines.geojson") if DEMO else ""
)  # a GeoJSON file: outlines of territories, landmarks as points
TILES_URL = env("TILES_URL")  # pictures under the map, "https://{s}.example.org/{z}/{x}/{y}.png"; empty: outlines only, nothing leaves this site
TILES_WORDS = env("TILES_WORDS")  # whom the pictures are owed to
OPEN_DATA_LICENCE = env("OPEN_DATA_LICENCE", "CC BY 4.0")
OPEN_DATA_LICENCE_URL = env("OPEN_DATA_LICENCE_URL", "https://creativecommons.org/licenses/by/4.0/")
THEME_MONTHS = int(env("THEME_MONTHS", "12"))  # how far back needs are searched for common themes
MEANING_OF_TEXTS = env(
    "MEANING_OF_TEXTS"
)  # a function of yours, "module.name": texts -> one vector each, as a row of an array; empty: learnt from the needs themselves
# A figure that takes longer than this to work out is kept for a minute (core/memory.py).
FIGURE_LONG_SECONDS = 0.02

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "liandong.core.context.RequestFilter"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "WARNING")},
}
