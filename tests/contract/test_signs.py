"""What programs leave in the database while they make progress."""

from collections.abc import Iterator

import pytest
from django.db import connection

from contract import signs
from contract.models import ProgramSign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_signs() -> Iterator[None]:
    signs.end()
    yield
    signs.end()


def test_what_is_no_program_leaves_nothing() -> None:
    signs.sign(works=1)
    assert not ProgramSign.objects.exists()


def test_a_program_signs_when_it_begins_and_keeps_its_row_when_it_is_started_again() -> None:
    signs.begin("ringer@here")
    signs.begin("ringer@here")
    row = ProgramSign.objects.get()
    assert (row.instance, row.program, row.signs, row.works, row.worked_at) == ("ringer@here", "ringer", 2, 0, None)


def test_however_much_is_done_the_row_is_written_now_and_then_and_nothing_is_forgotten() -> None:
    signer = signs.Signer(instance="default@here")
    for _ in range(100):
        signer.sign(works=1)
    assert (ProgramSign.objects.get().signs, ProgramSign.objects.get().works) == (1, 1)
    signer.signed_at -= signs.NOT_BEFORE
    signer.sign(works=1)
    assert (ProgramSign.objects.get().signs, ProgramSign.objects.get().works) == (2, 101)


def test_a_machine_that_is_gone_for_a_day_is_forgotten() -> None:
    ProgramSign.objects.bulk_create(
        [ProgramSign(instance=f"ringer@{name}", program="ringer") for name in ("gone", "there")]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contract_programsign SET last_at = gongduan_clock() - interval '25 hours' WHERE instance = %s",
            ["ringer@gone"],
        )
    signs.begin("ringer@here")
    assert set(ProgramSign.objects.values_list("instance", flat=True)) == {"ringer@there", "ringer@here"}


def test_who_signed_last_and_who_has_finished_nothing_yet_is_told() -> None:
    signs.begin("beat@here")
    (told,) = signs.programs()
    assert (told.program, told.instance, told.worked_seconds_ago) == ("beat", "beat@here", None)
    assert 0 <= told.seconds_ago < 60


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_disturbs_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = signs.Signer(instance="beat@here")
    with monkeypatch.context() as patch:
        connection.close()
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        signer.sign(works=3)
    connection.close()
    signer.signed_at -= signs.NOT_BEFORE
    signer.sign(works=1)
    assert ProgramSign.objects.get().works == 4
