"""Which rules a counterfactual run asks about: a published version, a draft, or a document somebody brings."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import is_administrator
from contract.errors import FieldProblem, Invalid
from rules.documents import Document, PackError, explain_error, read_document, resolve
from rules.drafts import drafts_of
from rules.engine.compiler import compile_policy
from rules.engine.errors import DocumentError
from rules.engine.policy import Policy
from rules.loader import load_document
from rules.selectors import packs_in_force, version, versions_of
from studio.lab.running import Asked
from studio.selectors import pack_label

DOCUMENT = "document"
"""The choice for a document that is brought along."""
FILE = "document.yaml"
"""What a brought document is called in messages."""


class BadRules(Invalid):
    """The rules that were asked about cannot be used; the fields say why."""

    code = "invalid_fields"


def choices_for(user: User) -> Iterator[tuple[str, str]]:
    """Every published version and open draft of the packs somebody administers, with their names."""
    for current in packs_in_force():
        if not is_administrator(user, current.policy.platform):
            continue
        label = pack_label(current.policy)
        for draft in drafts_of(current.pack):
            if draft.is_open:
                yield f"draft:{draft.id}", _("%(pack)s, draft “%(title)s”") % {"pack": label, "title": draft.title}
        for published in versions_of(current.pack):
            yield f"version:{published.id}", _named(published.policy, published.number)


def asked_for(user: User, choice: str, text: str = "") -> Asked:
    """The rules behind a choice. Raises BadRules, where a document is wrong with line and field."""
    known = dict(choices_for(user))
    if choice == DOCUMENT:
        policy = policy_from(text)
        if not is_administrator(user, policy.platform):
            raise _bad("document", "unknown_choice", _("You do not administer the platform of these rules."))
        return Asked(policy=policy, name=_("%(pack)s, a document brought along") % {"pack": pack_label(policy)})
    if choice not in known:
        raise _bad("rules", "unknown_choice", _("There are no such rules, or you do not administer them."))
    kind, _colon, number = choice.partition(":")
    return Asked(policy=_policy(kind, int(number)), name=known[choice])


def policy_from(text: str) -> Policy:
    """A document compiled, merged with what it inherits of the packs shipped here. Raises BadRules."""
    try:
        document = _resolved(text)
        try:
            return compile_policy(document.values)
        except DocumentError as error:
            raise explain_error(error, document, file=FILE) from None
    except PackError as error:
        raise _bad("document", "bad_document", str(error)) from error


def _resolved(text: str) -> Document:
    own = read_document(text, file=FILE)
    return resolve(FILE, lambda name: own if name == FILE else load_document(name))


def _policy(kind: str, number: int) -> Policy:
    if kind == "version":
        return version(number).policy
    return next(draft for current in packs_in_force() for draft in drafts_of(current.pack) if draft.id == number).policy


def _named(policy: Policy, number: int) -> str:
    return _("%(pack)s, version %(number)s") % {"pack": pack_label(policy), "number": number}


def _bad(field: str, code: str, detail: str) -> BadRules:
    return BadRules(fields=[FieldProblem(pointer=f"/{field}", code=code, detail=detail)])
