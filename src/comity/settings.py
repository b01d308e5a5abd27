"""What must be known before the database is. Everything else is set in the web settings."""

import re

from comity.core import env, logs, stamp
from comity.rooms import HOUSE, find_rooms

DEBUG = env.flag("DEBUG", default=False, help="Show tracebacks in the browser. Never where others can reach it.")
DATA = env.folder("DATA", "./data", help="The data folder: database, files, keys.")
SECRET_KEY = env.secret(
    "SECRET_KEY",
    kept_in=DATA,
    help="The key behind signatures and sealed secrets; made in the data folder on the first start.",
)
SECRET_KEY_FALLBACKS = env.words("OLD_SECRET_KEYS", help="Earlier keys that still open what they sealed, with commas.")
HOST = env.text("HOST", "127.0.0.1", help="The address on which pages are served.")
PORT = env.number("PORT", 8400, help="The port on which pages are served.")
URL = env.url("URL", env.address(HOST, PORT), help="The public address, for links, cookies and origins.")
SMTP_HOST = env.text("SMTP_HOST", "127.0.0.1", help="The address of the built-in mail receiver.")
SMTP_PORT = env.number("SMTP_PORT", 2525, help="The port of the built-in mail receiver; 0 switches it off.")
TRUSTED_PROXIES = env.words(
    "TRUSTED_PROXIES",
    help="Addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, with commas.",
)
WEB_THREADS = env.number("WEB_THREADS", 8, help="How many pages are made at the same time.")
REACTION_THREADS = env.number(
    "REACTION_THREADS", 2, help="How many reactions run at the same time; one a core is right."
)
LOG = env.text("LOG", "text", help="How the program writes its log: text, for people, or json, with a line a request.")
ALLOWED_HOSTS = [
    URL.hostname or "localhost",
    "localhost",
    "127.0.0.1",
    "[::1]",
    *env.words("ALLOWED_HOSTS", help="Further host names under which the pages may be opened, with commas."),
]
CSRF_TRUSTED_ORIGINS = [f"{URL.scheme}://{URL.netloc}"]

INSTALLED_APPS = [
    *find_rooms(),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "comity.core.middleware.RouteMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "comity.core.middleware.PolicyMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "comity.core.middleware.Shortcut",  # calls with a token go on at its end
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "comity.accounts.middleware.ViewerMiddleware",
    "comity.web.middleware.RefusalMiddleware",
    "comity.core.middleware.shortcut_end",
    "comity.web.openings.OpeningMiddleware",
]
TOKEN_CALLS = re.compile(r"/(api/v1/(?!docs$)|chat/v1/)")  # the API but for its page of documentation, and the chats

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "comity.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "comity.web.templatetags.shell",
            ],
        },
    }
]

FORM_RENDERER = "comity.core.forms.Renderer"
ROOT_URLCONF = "comity.urls"
WSGI_APPLICATION = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES: dict[str, dict[str, object]] = {
    "default": {
        "ENGINE": "comity.events.engines.sqlite",  # Django's own, behind the fair writer queue
        "NAME": DATA / "comity.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Only actions open transactions, and every action writes: take the
            # write lock at once instead of failing half-way. The log is carried into
            # the file every 16 MB: the pages that all writes change are so written once.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"
            " PRAGMA wal_autocheckpoint=4000",
        },
    }
}
if url := env.text(
    "DATABASE_URL", "", help="postgresql://user:password@host:port/name, instead of SQLite in the data folder."
):
    DATABASES["default"] = env.database(url)

AUTH_USER_MODEL = "accounts.Agent"
AUTHENTICATION_BACKENDS = ["comity.accounts.backends.AgentBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "comity.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "comity.accounts.forms.sign_in.SignInForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # closed all the same: the adapter lets nobody register
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation has proven the address
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/key"}  # beside our own count in the database, for every process
MFA_ADAPTER = "comity.accounts.adapter.TwoFactorAdapter"
MFA_FORMS = {
    "authenticate": "comity.accounts.forms.codes.CodeForm",
    "reauthenticate": "comity.accounts.forms.codes.ConfirmCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # telephones' clocks are a little off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = URL.scheme == "http"  # browsers allow it for this computer only
USERSESSIONS_TRACK_ACTIVITY = False  # presence says who was seen, at most once a minute
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # addresses are unique whatever their case, by a constraint
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "comity.accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = URL.scheme == "https"
SESSION_COOKIE_NAME = "comity_session"
CSRF_COOKIE_NAME = "comity_csrf"
CSRF_FAILURE_VIEW = "comity.web.views.csrf_failed"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "العربية")]
LOCALE_PATHS = [HOUSE / "locale"]
FORMAT_MODULE_PATH = "comity.core.formats"

# The stamp changes with any of the files, so browsers may keep them for ever and scripts of one version stay together.
STATIC_STAMP = stamp.of_static_files(HOUSE, packages=["django", "django-allauth", "django-htmx"])
STATIC_URL = f"/static/{STATIC_STAMP}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = "^.*$" if not DEBUG else "^$"

DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'self'"],
    }
}

LOGGING = logs.settings(LOG)
