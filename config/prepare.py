"""`python -m config.prepare`: everything a database needs before the house opens, in one process, as its owner."""

import os


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    os.environ["GONGDUAN_DATABASE_ROLE"] = "owner"
    import django  # noqa: PLC0415 - after the environment is set
    from django.core.management import call_command, get_commands  # noqa: PLC0415

    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    if "prepare_database" in get_commands():
        call_command("prepare_database")


if __name__ == "__main__":
    main()
