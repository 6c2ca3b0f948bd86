"""What can go wrong in the engine. Codes and data only: the engine speaks no human language."""

from __future__ import annotations


class EngineError(Exception):
    """Something is wrong with a policy or with the way the engine was called."""


class DocumentError(EngineError):
    """A pack document says something the engine cannot understand.

    `path` leads to the field (`("deadlines", "seller_response", "length")`), `word` is what stands
    there, and `choices` the words that would have been understood.
    """

    def __init__(
        self, problem: str, *, path: tuple[str | int, ...] = (), word: object = None, choices: tuple[str, ...] = ()
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path
        self.word = word
        self.choices = choices

    def under(self, *parents: str | int) -> DocumentError:
        """The same error, seen from further out in the document."""
        return DocumentError(self.problem, path=(*parents, *self.path), word=self.word, choices=self.choices)

    def __str__(self) -> str:
        where = ".".join(str(part) for part in self.path) or "document"
        return f"{where}: {self.problem}"


class SettleRunaway(EngineError):
    """Settling one case took more steps than any sound policy needs; the case must be parked."""


class UnknownEvent(EngineError):
    """The policy knows no action or fact of that name."""
