"""On one's own machine: `make run`, or `manage.py` by hand while it runs."""

import os

from config.settings.base import *  # noqa: F403

DEBUG = True
SECRET_KEY = "only-for-development-and-therefore-public"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", ".localhost"]  # noqa: S104 - names, not an address to bind
INTERNAL_IPS = ["127.0.0.1"]

MIDDLEWARE += ["config.not_found.OwnNotFoundPage"]

GONGDUAN_TIME_TRAVEL = True

SITE_URL = os.environ.get("SITE_URL") or f"http://localhost:{os.environ.get('PORT') or 8000}"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEMO_PASSWORD = os.environ.get("DEMO_PASSWORD") or "gongduan-demo"
