"""The pages about platforms are what the packs say."""

from django.core.management import call_command


def test_the_pages_are_up_to_date() -> None:
    call_command("document_packs", "--check")
