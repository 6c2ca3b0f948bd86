"""A durable PostgreSQL of its own for a measurement, migrated and ready, gone afterwards."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from run.children import running_postgres
from run.places import OWNER_ROLE, Places
from run.postgres import EmbeddedPostgres, Superuser

SETTINGS = {
    "shared_buffers": "1GB", "max_wal_size": "4GB", "checkpoint_timeout": "30min", "jit": "off", "autovacuum": "off",
}  # fmt: skip
"""Nothing runs in the background of a measurement; tables are vacuumed by hand between two rounds."""


@contextlib.contextmanager
def measured_house() -> Iterator[Places]:
    """PostgreSQL with fsync on, and Django set up on it as the owner of its tables."""
    with tempfile.TemporaryDirectory(prefix="gongduan-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        places = Places(data=Path(folder) / "data")
        with running_postgres(EmbeddedPostgres(places=places, settings=SETTINGS)):
            with Superuser(places) as cursor:
                cursor.execute(f"GRANT pg_checkpoint TO {OWNER_ROLE}")
            set_up_django(places)
            yield places


def set_up_django(places: Places) -> None:
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = places.database_url(OWNER_ROLE)
    os.environ["GONGDUAN_DATA"] = str(places.data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("prepare_database", verbosity=0, role=OWNER_ROLE, stderr=io.StringIO())


def fix_the_clock() -> None:
    """From now on the clock is production's, which no one can move."""
    from django.conf import settings

    from contract import clock

    clock.reset()
    settings.GONGDUAN_TIME_TRAVEL = False
    clock.install()
