"""Settings of a house under trial: production's behaviour on a clock that can be moved, with quiet mail."""

import os

from config.settings.base import *  # noqa: F403
from config.settings.base import INSTALLED_APPS

DEBUG = False
SECRET_KEY = "only-for-trials-and-therefore-public"
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
GONGDUAN_TIME_TRAVEL = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECURE_SSL_REDIRECT = False
INSTALLED_APPS = [*INSTALLED_APPS, "trials"]
EMAIL_BACKEND = "trials.mail.MailFolder"
TRIAL_FOLDER = os.environ.get("TRIAL_FOLDER", "")
"""Where mails arrive and kill points sign; empty in a command that only looks."""
TRIAL_KILL_POINTS = os.environ.get("TRIAL_KILL_POINTS", "")
"""`name=chance,name=chance`: where a process kills itself, and how often (see `trials.kill_points`)."""
