"""Celery: it rings, it never decides. Deadlines live in the database, so a lost message is a delay of seconds."""

import os

from celery import Celery

from config.liveness import SignsOfLife

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

app = Celery("gongduan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["consumer"].add(SignsOfLife)
