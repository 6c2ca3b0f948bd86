"""The custody log: nothing of it, and nothing of the vault, can be changed unnoticed."""

import io
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from contract.clock import database_now
from contract.database import application_role
from evidence import custody, storage
from evidence.errors import FileUnknown
from evidence.keeping import new_file_id
from evidence.models import CustodyEvent, CustodyHead, Derivative
from evidence.services import record_download, record_view, verify_file
from tests.evidence import corpus
from tests.evidence.touches import custody_of

pytestmark = pytest.mark.django_db

TABLES = ["evidence_storedfile", "evidence_inspection", "evidence_derivative", "evidence_custodyevent"]


def actions(view: Any) -> list[str]:
    return [entry.action for entry in custody_of(view.id)]


def test_receipt_and_preview_are_the_first_entries(receive: Callable, ming: Any) -> None:
    view = receive(corpus.jpeg())
    received, derived = custody_of(view.id)
    assert (received.action, received.actor_id, received.at) == ("received", ming.pk, view.received_at)
    assert received.detail == {"sha256": view.sha256, "size": view.size}
    assert (derived.action, derived.actor_id) == ("derived", None)


def test_the_time_of_receipt_is_the_databases(receive: Callable, travel: Callable) -> None:
    there = travel(timedelta(days=400))
    view = receive(corpus.jpeg())
    assert there <= view.received_at <= database_now()
    assert view.id.version == 7
    assert view.id.int >> 80 == int(view.received_at.timestamp() * 1000)


def test_ids_sort_by_the_time_of_receipt() -> None:
    now = database_now()
    moments = [now + timedelta(milliseconds=number) for number in range(50)]
    ids = [new_file_id(moment) for moment in moments]
    assert sorted(ids) == ids


def test_looking_twice_is_one_look_but_every_download_counts(receive: Callable, zhou: Any, travel: Callable) -> None:
    view = receive(corpus.jpeg())
    for _ in range(2):
        record_view(view.id, viewer=zhou, variant="preview")
        record_download(view.id, viewer=zhou)
    assert actions(view)[2:] == ["viewed", "downloaded", "downloaded"]
    travel(minutes=16)
    record_view(view.id, viewer=zhou, variant="preview")
    assert actions(view)[-1] == "viewed"


def test_an_unknown_file_cannot_be_looked_at(zhou: Any) -> None:
    with pytest.raises(FileUnknown):
        record_view(new_file_id(database_now()), viewer=zhou, variant="preview")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET sha256 = sha256", "DELETE FROM {}"])
def test_the_trigger_refuses_every_change(table: str, statement: str, receive: Callable) -> None:
    receive(corpus.jpeg())
    statement = statement.replace("sha256", "digest") if table == "evidence_custodyevent" else statement
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_application_has_no_right_to_change(table: str, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {application_role()}")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(statement.format(table))


def test_the_application_can_do_its_work_with_the_rights_it_has(receive: Callable, zhou: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {application_role()}")
    view = receive(corpus.jpeg())
    record_view(view.id, viewer=zhou, variant="preview")
    assert verify_file(view.id).is_sound
    assert actions(view) == ["received", "derived", "viewed", "verified"]


def forge(statement: str, *values: object, table: str = "evidence_custodyevent") -> None:
    """What only the owner of the tables can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER refuse_change")
        cursor.execute(statement, values)
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER refuse_change")


@pytest.mark.parametrize(
    "change",
    [
        "actor_id = NULL",
        "at = at + interval '1 microsecond'",
        "action = 'viewed'",
        """detail = '{"variant": "preview"}'""",
        "digest = repeat('0', 64)",
    ],
)
def test_a_forged_entry_is_named(change: str, receive: Callable, zhou: Any) -> None:
    view = receive(corpus.jpeg())
    for _ in range(3):
        record_download(view.id, viewer=zhou)
    forge(f"UPDATE evidence_custodyevent SET {change} WHERE file_id = %s AND sequence = 4", view.id)
    outcome = verify_file(view.id)
    assert outcome.bytes_intact
    assert outcome.first_wrong_entry == 4


def test_a_removed_entry_is_named(receive: Callable, zhou: Any) -> None:
    view = receive(corpus.jpeg())
    record_download(view.id, viewer=zhou)
    forge("DELETE FROM evidence_custodyevent WHERE file_id = %s AND sequence = 2", view.id)
    assert verify_file(view.id).first_wrong_entry == 2


def test_an_entry_removed_from_the_end_is_named(receive: Callable, zhou: Any) -> None:
    view = receive(corpus.jpeg())
    record_download(view.id, viewer=zhou)
    forge("DELETE FROM evidence_custodyevent WHERE file_id = %s AND sequence = 3", view.id)
    assert verify_file(view.id).first_wrong_entry == 3


def test_a_log_without_any_entry_is_not_whole(receive: Callable) -> None:
    view = receive(corpus.jpeg())
    forge("DELETE FROM evidence_custodyevent WHERE file_id = %s", view.id)
    assert verify_file(view.id).first_wrong_entry == 1


@pytest.mark.parametrize("damage", [lambda place: place.write_bytes(b"x"), lambda place: place.unlink()])
def test_changed_or_missing_bytes_are_found_and_logged(damage: Callable, receive: Callable, vault: Path) -> None:
    view = receive(corpus.jpeg())
    damage(vault / storage.key_for(view.sha256))
    assert not verify_file(view.id).bytes_intact
    assert actions(view)[-1] == "found_damaged"


def test_a_preview_that_nobody_drew_is_found(receive: Callable, vault: Path) -> None:
    view = receive(corpus.jpeg())
    (drawn,) = Derivative.objects.filter(file_id=view.id, variant="preview")
    (vault / drawn.storage_key).write_bytes(b"another picture")
    outcome = verify_file(view.id)
    assert (outcome.is_sound, outcome.bytes_intact) == (False, True)
    assert "preview" in outcome.wrong_drawings


def test_a_preview_that_is_missing_can_be_drawn_again_and_is_no_damage(receive: Callable, vault: Path) -> None:
    view = receive(corpus.jpeg())
    (drawn,) = Derivative.objects.filter(file_id=view.id, variant="preview")
    (vault / drawn.storage_key).unlink()
    assert verify_file(view.id).is_sound


def test_other_bytes_under_another_hash_do_not_pass_for_the_original(receive: Callable) -> None:
    """Who changes the row together with the bytes has still to change the log."""
    view, other = receive(corpus.jpeg()), receive(corpus.png(), "a.png")
    forge(
        "UPDATE evidence_storedfile SET sha256 = %s, storage_key = %s WHERE id = %s", other.sha256,
        storage.key_for(other.sha256), view.id, table="evidence_storedfile",
    )  # fmt: skip
    outcome = verify_file(view.id)
    assert (outcome.bytes_intact, outcome.changed_columns) == (True, ("sha256",))


def test_the_command_names_what_is_wrong_and_fails(receive: Callable, vault: Path) -> None:
    sound, damaged = receive(corpus.jpeg()), receive(corpus.png(), "a.png")
    (vault / storage.key_for(damaged.sha256)).write_bytes(b"x")
    complaints = io.StringIO()
    with pytest.raises(CommandError, match="1 of 2"):
        call_command("verify_evidence", stderr=complaints, stdout=io.StringIO())
    assert str(damaged.id) in complaints.getvalue()
    assert str(sound.id) not in complaints.getvalue()


def test_the_command_is_content_with_a_sound_vault_and_clears_what_was_left(receive: Callable, vault: Path) -> None:
    receive(corpus.jpeg())
    orphan = vault / "objects" / "ab" / "cd" / ("abcd" + "0" * 60)
    orphan.parent.mkdir(parents=True, exist_ok=True)
    orphan.write_bytes(b"left by a killed process")
    told = io.StringIO()
    call_command("verify_evidence", "--remove-orphans", stdout=told)
    assert "1 files are as they were received" in told.getvalue()
    assert not orphan.exists()


@pytest.mark.django_db(transaction=True)
def test_touches_at_the_same_moment_make_one_unbroken_chain(receive: Callable, zhou: Any) -> None:
    view = receive(corpus.jpeg())

    def take(_number: int) -> None:
        try:
            record_download(view.id, viewer=zhou)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(take, range(24)))
    assert CustodyEvent.objects.filter(file_id=view.id, action="downloaded").count() == 24
    assert verify_file(view.id).first_wrong_entry is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["evidence_custodyhead", "evidence_derivative"])
def test_who_looks_at_a_file_while_it_is_verified_is_no_forger(table: str, receive: Callable, zhou: Any) -> None:
    view = receive(corpus.jpeg())
    looked: list[Future[None]] = []

    def look() -> None:
        try:
            record_download(view.id, viewer=zhou)
        finally:
            connections.close_all()

    def just_before_the_end_is_read(execute: Callable, statement: str, *rest: Any) -> Any:
        if table in statement and not looked:
            looked.append(pool.submit(look))
            wait(looked, timeout=0.3)
        return execute(statement, *rest)

    with ThreadPoolExecutor(1) as pool:
        with connection.execute_wrapper(just_before_the_end_is_read):
            outcome = verify_file(view.id)
        looked[0].result(timeout=10)
    assert outcome.is_sound
    assert verify_file(view.id).is_sound
    assert actions(view)[-3:] == ["verified", "downloaded", "verified"]


def test_an_entry_of_a_release_that_knows_no_ends_moves_the_end_too(receive: Callable) -> None:
    file = receive(corpus.jpeg()).id
    last = CustodyEvent.objects.filter(file_id=file).latest("sequence")
    entry = CustodyEvent(file_id=file, sequence=last.sequence + 1, action="verified", at=last.at, detail={})
    entry.digest = custody.digest_of(entry, previous=last.digest)
    entry.save(force_insert=True)
    assert CustodyHead.objects.get(file_id=file).sequence == entry.sequence
    assert custody.first_wrong_entry(file) is None


def test_a_temporary_table_does_not_stand_in_for_the_ends(receive: Callable) -> None:
    """The ends follow in the name of the owner: the application could else have its own triggers run in that name."""
    file = receive(corpus.jpeg()).id
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"SET LOCAL ROLE {application_role()}")
        cursor.execute(
            "CREATE TEMPORARY TABLE evidence_custodyhead (LIKE public.evidence_custodyhead INCLUDING INDEXES)"
        )
        cursor.execute(
            "INSERT INTO evidence_custodyevent (file_id, sequence, action, at, detail, digest)"
            " SELECT file_id, 3, 'verified', at, '{}', digest FROM evidence_custodyevent"
            " WHERE file_id = %s AND sequence = 2",
            [file],
        )
        cursor.execute("DROP TABLE pg_temp.evidence_custodyhead")
    assert CustodyHead.objects.get(file_id=file).sequence == 3
