"""Settings of a measured house: development's, on a server of its own, and quiet."""

from config.settings.base import *  # noqa: F403

DEBUG = False
SECRET_KEY = "only-for-measuring-and-therefore-public"
GONGDUAN_TIME_TRAVEL = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
