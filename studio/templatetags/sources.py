"""Where a number comes from, with every short name leading to what it stands for."""

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from rules.sources import Piece, pieces_of

register = template.Library()


@register.simple_tag
def source(text: str) -> SafeString:
    """A source as its authors wrote it; a dash where none is stated."""
    pieces = list(pieces_of(text)) or [Piece(text="–")]
    return format_html_join("", "{}", ((_linked(piece),) for piece in pieces))


def _linked(piece: Piece) -> SafeString:
    if not piece.entry:
        return conditional_escape(piece.text)
    address = f"{reverse('studio:sources')}#{piece.anchor}"
    return format_html('<a class="source__name" href="{}" title="{}">{}</a>', address, piece.meaning, piece.text)
