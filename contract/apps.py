from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from contract import checks, clock

__all__ = ["ContractConfig", "checks"]


class ContractConfig(AppConfig):
    name = "contract"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(install_clock, sender=self)


def install_clock(*, using: str, **_kwargs: Any) -> None:
    """After migrating, let the database's clock be the variant that the settings ask for."""
    if clock.is_travelling(using) is not None:
        clock.install(using)
