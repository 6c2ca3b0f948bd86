"""`python -m config.prepare`: everything a database needs before the house opens, in one process, as its owner."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    os.environ["GONGDUAN_DATABASE_ROLE"] = "owner"
    import django  # noqa: PLC0415 - after the environment is set
    from django.core.management import call_command, get_commands  # noqa: PLC0415

    django.setup()
    from config.migrating import giving_way  # noqa: PLC0415 - after django.setup

    giving_way(lambda: call_command("migrate", interactive=False, verbosity=1))
    if "prepare_database" in get_commands():
        giving_way(lambda: call_command("prepare_database"))
    publish_what_ships()


def publish_what_ships() -> None:
    """Packs and calendars of this release, where nobody has published over them: a new house can open cases."""
    from rules.services import publish_shipped_calendars, publish_shipped_packs  # noqa: PLC0415 - after django.setup

    for edition in publish_shipped_calendars():
        sys.stdout.write(f"  Published the calendar {edition}\n")
    for version in publish_shipped_packs():
        sys.stdout.write(f"  Published {version.pack}, version {version.number}\n")


if __name__ == "__main__":
    main()
