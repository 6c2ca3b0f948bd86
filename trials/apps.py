"""Kill points are put in place when a process of the house under trial starts."""

from django.apps import AppConfig


class TrialsConfig(AppConfig):
    name = "trials"

    def ready(self) -> None:
        from django.conf import settings

        from trials.kill_points import put_in_place

        put_in_place(settings.TRIAL_KILL_POINTS)
