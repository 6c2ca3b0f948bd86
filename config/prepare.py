"""`python -m config.prepare`: everything a database needs before the house opens, in one process, as its owner.

    python -m config.prepare            both of these
    python -m config.prepare migrate    tables and rights: while the release before this one still runs
    python -m config.prepare publish    packs and calendars: when it has left, for it cannot read them
"""

import os
import sys
from collections.abc import Sequence

STEPS = ("migrate", "publish")


def main(words: Sequence[str] = ()) -> None:
    """Raises SystemExit for a word that is no step."""
    if unknown := set(words) - set(STEPS):
        sys.exit(f"There is no step {min(unknown)}: say {' or '.join(STEPS)}, or nothing for both.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    os.environ["GONGDUAN_DATABASE_ROLE"] = "owner"
    import django  # noqa: PLC0415 - after the environment is set

    django.setup()
    if not words or "migrate" in words:
        bring_up_to_date()
    if not words or "publish" in words:
        publish_what_ships()


def bring_up_to_date() -> None:
    """Tables, then the rights on them; other people's locks are waited for politely."""
    from django.core.management import call_command, get_commands  # noqa: PLC0415 - after django.setup

    from config.migrating import giving_way  # noqa: PLC0415 - after django.setup

    giving_way(lambda: call_command("migrate", interactive=False, verbosity=1))
    if "prepare_database" in get_commands():
        giving_way(lambda: call_command("prepare_database"))


def publish_what_ships() -> None:
    """Packs and calendars of this release, where nobody has published over them: a new house can open cases."""
    from rules.calendar_publishing import publish_shipped_calendars  # noqa: PLC0415 - after django.setup
    from rules.services import publish_shipped_packs  # noqa: PLC0415 - after django.setup

    for edition in publish_shipped_calendars():
        sys.stdout.write(f"  Published the calendar {edition}\n")
    for version in publish_shipped_packs():
        sys.stdout.write(f"  Published {version.pack}, version {version.number}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
