from typing import Any

from django.core.management.base import BaseCommand

from disputes.services.sweeping import leave_sign, repair_hints


class Command(BaseCommand):
    help = "Corrects the wake hint of every case that has a deadline due and would not be looked at."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        repaired = repair_hints()
        leave_sign(sweeper="repair", repaired=repaired)
        self.stdout.write(f"{repaired} hints repaired")
