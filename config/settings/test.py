"""For pytest, which points the database and the cache at its own servers once a test needs them."""

from config.settings.base import *  # noqa: F403

DEBUG = False
SECRET_KEY = "only-for-tests-and-therefore-public"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DEMO_PASSWORD = "gongduan-demo"

GONGDUAN_TIME_TRAVEL = True
DATABASES["default"]["NAME"] = "made_by_conftest"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a login a test, thousands of tests
WHITENOISE_AUTOREFRESH = False

CELERY_TASK_ALWAYS_EAGER = False
"""Tests call a task's function; nothing is published behind their back."""
