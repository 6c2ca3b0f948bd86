"""Bytes on disk: as they came, once per content, private, and all or nothing."""

import hashlib
import resource
import stat
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, connections, transaction

from evidence import housekeeping, storage
from evidence.errors import FileTooLarge, StorageFull, StorageUnavailable
from evidence.kinds import Limits
from evidence.models import CustodyEvent, Derivative, StoredFile
from evidence.services import receive_file, verify_file
from tests.evidence import corpus

pytestmark = pytest.mark.django_db


def files_in(vault: Path) -> list[Path]:
    return [path for path in vault.rglob("*") if path.is_file()]


def test_the_original_is_kept_byte_for_byte_under_its_own_hash(receive: Callable, vault: Path) -> None:
    body = corpus.photo_with_position()
    view = receive(body)
    place = vault / storage.key_for(view.sha256)
    assert view.sha256 == hashlib.sha256(body).hexdigest()
    assert place.read_bytes() == body


def test_nobody_else_on_the_machine_can_read_the_store(receive: Callable, vault: Path) -> None:
    receive(corpus.jpeg())
    for path in [vault, *vault.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_the_same_bytes_twice_are_two_receipts_over_one_place(receive: Callable, vault: Path, lan: Any) -> None:
    first, second = receive(corpus.jpeg(), "mine.jpg"), receive(corpus.jpeg(), "hers.jpg", by=lan)
    assert first.id != second.id
    assert (first.name, second.name) == ("mine.jpg", "hers.jpg")
    assert len(files_in(vault)) == len({first.sha256, *Derivative.objects.values_list("sha256", flat=True)})


def test_a_damaged_original_is_set_aside_when_the_right_bytes_come_again(receive: Callable, vault: Path) -> None:
    first = receive(corpus.jpeg())
    (vault / storage.key_for(first.sha256)).write_bytes(b"changed")
    receive(corpus.jpeg())
    assert verify_file(first.id).is_sound
    assert [path.read_bytes() for path in (vault / "damaged").iterdir()] == [b"changed"]


@pytest.mark.parametrize(
    ("kind", "body", "name"),
    [("image", corpus.jpeg, "a.jpg"), ("video", corpus.mp4, "a.mp4"), ("document", corpus.pdf, "a.pdf")],
)
def test_a_file_of_exactly_the_limit_comes_in_and_one_byte_more_does_not(
    kind: str, body: Callable[[], bytes], name: str, receive: Callable, vault: Path
) -> None:
    size = len(body())
    assert receive(body(), name, **{f"max_bytes_{kind}": size}).size == size
    before = files_in(vault)
    with pytest.raises(FileTooLarge) as refused:
        receive(body(), name, **{f"max_bytes_{kind}": size - 1})
    assert refused.value.status == 413
    assert files_in(vault) == before


def test_receiving_stops_at_the_limit_instead_of_filling_the_disk(ming: Any, vault: Path) -> None:
    class Endless:
        name, content_type, sent = "endless.mp4", "video/mp4", 0

        def chunks(self) -> Iterator[bytes]:
            while True:
                self.sent += 65_536
                yield b"\0" * 65_536

    upload = Endless()
    limits = Limits(max_bytes_image=1_000_000, max_bytes_video=1_000_000, max_bytes_document=1_000_000)
    with pytest.raises(FileTooLarge):
        receive_file(upload=upload, uploaded_by=ming, limits=limits)
    assert upload.sent < 1_100_000
    assert files_in(vault) == []


@contextmanager
def room_for(largest: int) -> Iterator[None]:
    """No file may grow beyond `largest` bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_refuses_to_grow_is_a_clear_507_and_leaves_nothing(receive: Callable, vault: Path) -> None:
    with room_for(4096), pytest.raises(StorageFull) as full:
        receive(b"a line of chat\n" * 1000, "chat.txt")
    assert full.value.status == 507
    assert "later" in full.value.message() or "稍后" in full.value.message()
    assert files_in(vault) == []
    assert not StoredFile.objects.exists()


@pytest.fixture
def small_disk(vault: Path) -> Iterator[Path]:
    """The vault on a disk of 128 KiB."""
    vault.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128k,mode=0700", "tmpfs", str(vault)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no right to mount a small disk here")
    yield vault
    subprocess.run(["umount", str(vault)], check=True)


def test_a_photo_that_fits_but_whose_preview_does_not_leaves_nothing(small_disk: Path, receive: Callable) -> None:
    noise = corpus.noisy_jpeg(220)
    assert 60_000 < len(noise) < 120_000
    with pytest.raises(StorageFull):
        receive(noise)
    assert files_in(small_disk) == []
    assert not StoredFile.objects.exists()
    assert receive(corpus.jpeg()).size == len(corpus.jpeg())


def test_a_store_that_cannot_be_written_is_unavailable(receive: Callable, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the store should be")
    settings.EVIDENCE_ROOT = tmp_path / "taken"
    with pytest.raises(StorageUnavailable):
        receive(corpus.jpeg())


def test_a_failing_database_leaves_no_bytes(receive: Callable, vault: Path) -> None:
    refuse_custody = """
        CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON evidence_custodyevent EXECUTE FUNCTION pg_temp.refuse();
    """
    with connection.cursor() as cursor:
        cursor.execute(refuse_custody)
    with pytest.raises(DatabaseError), transaction.atomic():
        receive(corpus.jpeg())
    assert files_in(vault) == []


def test_bytes_of_a_rolled_back_caller_are_orphans_that_can_be_removed(receive: Callable, vault: Path) -> None:
    kept = receive(corpus.png())
    with transaction.atomic():
        lost = receive(corpus.jpeg())
        transaction.set_rollback(True)
    orphans = housekeeping.orphans()
    assert storage.key_for(lost.sha256) in orphans
    assert all(housekeeping.remove_orphan(key) for key in orphans)
    assert housekeeping.orphans() == []
    assert verify_file(kept.id).is_sound
    assert not housekeeping.remove_orphan(storage.key_for(kept.sha256))


@pytest.mark.parametrize("key", ["../../etc/passwd", "objects/aa/bb/../../../x", "/etc/passwd", "", "objects/aa/bb/zz"])
def test_no_place_outside_the_store_can_be_named(key: str) -> None:
    with pytest.raises(ValueError, match="not a place"):
        storage.path_of(key)


@pytest.mark.django_db(transaction=True)
def test_eight_uploads_of_the_same_file_at_once_all_arrive(ming: Any, vault: Path) -> None:
    body = corpus.jpeg()

    def send(number: int) -> str:
        try:
            upload = SimpleUploadedFile(f"{number}.jpg", body)
            return str(receive_file(upload=upload, uploaded_by=ming, limits=Limits()).id)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        received = list(pool.map(send, range(8)))
    assert len(set(received)) == 8
    assert all(verify_file(file_id).is_sound for file_id in StoredFile.objects.values_list("pk", flat=True))
    assert len(files_in(vault)) == 1 + len(set(Derivative.objects.values_list("sha256", flat=True)))
    assert CustodyEvent.objects.filter(action="received").count() == 8
    assert housekeeping.orphans() == []
