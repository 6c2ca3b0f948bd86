"""The one error of this package."""


class CannotStart(Exception):
    """Something outside the house keeps it from starting; the message is one sentence a newcomer can act on."""
