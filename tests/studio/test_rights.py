"""Every address of the studio: administrators come in, nobody else learns that it exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from accounts.services import appoint, dismiss
from rules.drafts import begin_draft
from rules.selectors import versions_of
from studio.urls import urlpatterns

pytestmark = pytest.mark.django_db
PARTS = {
    "<str:pack>": "taobao.general", "<slug:name>": "seller_response", "<str:number>": "none", "<int:run_id>": "0",
    "<slug:platform>": "taobao", "<slug:kind>": "orders", "<int:bulk_id>": "0", "<int:freeze_id>": "0",
    "<slug:section>": "deadlines", "<slug:entry>": "seller_response", "<slug:country>": "cn", "<int:edition>": "1",
}  # fmt: skip
POSTED = {"retry", "resume", "resume-pack", "draft-discard", "draft-sources", "draft-prove",
          "draft-accept", "draft-submit", "draft-decide", "choose-preview", "bulk-cancel", "retry-all"}  # fmt: skip


def addresses(user_id: int, draft_id: int = 0) -> list[tuple[str, str]]:
    """Every page of the studio but the lab's, which tests of its own go through."""
    found = []
    for pattern in (pattern for pattern in urlpatterns if isinstance(pattern, URLPattern)):
        path = f"/studio/{pattern.pattern}"
        for part, value in {**PARTS, "<int:user_id>": str(user_id), "<int:draft_id>": str(draft_id)}.items():
            path = path.replace(part, value)
        found.append((str(pattern.name), path))
    return found


@pytest.mark.parametrize("name", ["ming", "lan", "zhou", "eve"])
def test_nobody_but_administrators_finds_the_studio(
    client: Client, published: None, request: pytest.FixtureRequest, name: str
) -> None:
    somebody = request.getfixturevalue(name)
    client.force_login(somebody)
    for route, path in addresses(somebody.pk):
        assert client.get(path).status_code in ({404, 405} if route in POSTED else {404}), path
        assert client.post(path, {"do": "publish"}).status_code in {404, 405}, path


def test_a_stranger_logs_in_first(client: Client, ming: Any) -> None:
    for route, path in addresses(ming.pk):
        answer = client.post(path) if route in POSTED else client.get(path)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/login/"), path


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_administrator_reads_every_page_in_either_language(
    client: Client, root: Any, published: None, language: str
) -> None:
    client.force_login(root)
    draft = begin_draft(versions_of("taobao.general")[0], title="Six days", author_id=root.pk)
    for route, path in addresses(root.pk, draft.id):
        if route in POSTED or route in ("import-run", "bulk-run", "bulk-table", "freeze", "freeze-end"):
            continue
        page = client.get(f"{path}?lang={language}")
        assert page.status_code == 200, path
        assert "%(" not in page.content.decode().split("<footer")[0], path


def test_an_administrator_of_one_platform_sees_that_platform_only(
    client: Client, person: Callable[..., Any], published: None
) -> None:
    keeper = person("keeper")
    appoint(keeper, "administrator", "xianyu")
    client.force_login(keeper)
    home = client.get("/studio/?lang=en").content.decode()
    assert "xianyu.general" in home
    assert "taobao.general" not in home
    assert client.get("/studio/packs/xianyu.general/").status_code == 200
    for path in ("packs/taobao.general/", "packs/tmall/versions/", "people/", f"people/{keeper.pk}/"):
        assert client.get(f"/studio/{path}").status_code == 404, path
    dismiss(keeper, "administrator", "xianyu")
    assert client.get("/studio/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "packs/none/", "packs/taobao.general/?version=99", "packs/taobao.general/?version=x",
        "packs/taobao.general/deadlines/patience/", "packs/taobao.general/deadlines/patience/explain/",
        "packs/taobao.general/versions/?from=99", "people/0/", "imports/0/",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(studio: Client, path: str) -> None:
    assert studio.get(f"/studio/{path}").status_code == 404
