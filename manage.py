#!/usr/bin/env python
"""Django's command line, as the owner of the tables where a command changes them."""

import os
import sys

OWNER_COMMANDS = frozenset(
    {"migrate", "prepare_database", "sqlmigrate", "showmigrations", "optimizemigration"}
)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    if OWNER_COMMANDS.intersection(sys.argv[1:2]):
        os.environ.setdefault("GONGDUAN_DATABASE_ROLE", "owner")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - after the environment is set

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
