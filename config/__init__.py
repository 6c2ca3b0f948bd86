"""The wiring of the house. Celery's application is named here so that whoever publishes a task finds it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
