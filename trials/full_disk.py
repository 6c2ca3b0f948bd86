"""No room for evidence: what people are told, what is left behind, and that everything else goes on."""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.cookiejar import CookieJar
from itertools import count
from pathlib import Path

from trials.checks import Report, one
from trials.evidence_files import Made, made
from trials.population import PASSWORD
from trials.small_disk import SmallDisk, SmallFiles
from trials.uploaders import BOUNDARY, Answer, Client, form_of
from trials.writers import Writer

LANGUAGES = ("en", "zh-hans")
CLEAR = (507, 503)
LEFT = 64 * 1024
"""Bytes that are left on the full disk."""
IN_MEMORY = 2_621_440
"""Bytes up to which Django keeps an upload in memory (FILE_UPLOAD_MAX_MEMORY_SIZE)."""
CHINESE = re.compile("[\u4e00-\u9fff]")
LAPSED = "SELECT count(*) FROM disputes_caseevent WHERE kind = 'lapsed'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the trial takes the room away."""

    name: str
    disk: SmallDisk | SmallFiles
    smallest: int
    """Bytes of the smallest file that must feel it."""


def live_through(report: Report, place: Place, *, client: tuple[int, str], vault: Path, person: Writer) -> None:
    """Fill the place, send evidence in both languages over both ways, make room, and send the same again.

    `client` is the port of the house and the number of a case.
    """
    port, number = client
    people = [Client(port=port, person="buyer", language=language) for language in LANGUAGES]
    files = list(_felt(place.smallest))
    before, lapsed, said = _listed(vault), _lapsed(), len(person.acknowledged)
    place.disk.fill(left=LEFT)
    try:
        answers = [(each, each.upload(number, _key(place, file, each), file)) for file in files for each in people]
        pages = [by_page(port, number, files[0], language) for language in LANGUAGES]
        _until(lambda: _lapsed() > lapsed and len(person.acknowledged) > said)
        passed, heard = _lapsed() - lapsed, len(person.acknowledged) - said
    finally:
        place.disk.make_room()
    _check_answers(report, place, answers, pages)
    report.check(f"{place.name} full: deadlines passed meanwhile", passed, passed > 0)
    report.check(f"{place.name} full: messages acknowledged meanwhile", heard, heard > 0)
    report.none(f"{place.name} full: files left behind", len(_listed(vault) - before))
    again = [people[0].upload(number, _key(place, file, people[0]), file).status for file in files]
    report.check(f"{place.name} with room again: the same uploads", _counted(again), set(again) == {201})


def _felt(smallest: int) -> Iterable[Made]:
    """One file of each kind that is large enough."""
    seen: set[str] = set()
    for seed in count(10_000_000):
        file = made(seed)
        if len(file.body) > smallest and file.media_type not in seen:
            seen.add(file.media_type)
            yield file
        if len(seen) == 4 or (seen and smallest >= IN_MEMORY):
            return


def _key(place: Place, file: Made, person: Client) -> str:
    return f"full-{place.name.replace(' ', '-')}-{file.name}-{person.language}"


def _check_answers(
    report: Report, place: Place, answers: list[tuple[Client, Answer]], pages: list[tuple[str, int, str]]
) -> None:
    statuses = [answer.status for _person, answer in answers]
    report.check(f"{place.name} full: answers", _counted(statuses), set(statuses) <= set(CLEAR))
    wrong = [
        str(answer.body.get("detail", ""))[:80] for person, answer in answers
        if not answer.body.get("detail") or bool(CHINESE.search(answer.body["detail"])) != (person.language != "en")
    ]  # fmt: skip
    report.check(f"{place.name} full: sentences not in the reader's language", wrong[:1] or 0, not wrong)
    sentences = {person.language: str(answer.body.get("detail")) for person, answer in answers}
    told = [f"{language} {status}" for language, status, body in pages if sentences[language] in body and status < 500]
    report.check(f"{place.name} full: pages that say it", ", ".join(told) or pages[0][1], len(told) == len(pages))


def _counted(statuses: list[int]) -> str:
    return ", ".join(f"{statuses.count(status)} times {status}" for status in sorted(set(statuses)))


def _listed(vault: Path) -> set[str]:
    return {str(path.relative_to(vault)) for path in vault.rglob("*") if path.is_file()}


def _lapsed() -> int:
    return int(str(one(LAPSED)[0]))


def _until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for it, but not for ever: the check afterwards says whether it came true."""
    limit = time.monotonic() + seconds
    while not true() and time.monotonic() < limit:
        time.sleep(0.2)


def by_page(port: int, number: str, file: Made, language: str) -> tuple[str, int, str]:
    """Language, status and text of the page that a browser would get for the same upload."""
    house = f"http://localhost:{port}"
    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
    )
    login = f"{house}/login/"
    form = {"username": "buyer", "password": PASSWORD, "csrfmiddlewaretoken": _token(browser, login)}
    browser.open(login, urllib.parse.urlencode(form).encode(), timeout=60).read()
    address = f"{house}/cases/{number}/evidence/?lang={language}"
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
    body = f"{head}{_token(browser, address)}\r\n".encode() + form_of("sent by page", file)
    request = urllib.request.Request(address, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
    try:
        with browser.open(request, timeout=60) as answer:
            return language, answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return language, error.code, error.read().decode()
    except (OSError, http.client.HTTPException) as error:
        return language, 599, str(error)


def _token(browser: urllib.request.OpenerDirector, address: str) -> str:
    with browser.open(address, timeout=60) as page:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    assert found is not None, f"no form at {address}"
    return found[1]
