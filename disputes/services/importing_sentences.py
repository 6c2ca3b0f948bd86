"""Why a row of an import was refused, and what is worth saying about one that was taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentences = Mapping[str, str | Promise]

PAYLOAD: Final[Sentences] = {
    "unknown_format": _("There is no format of that name. Known: %(known)s."),
    "not_json": _("This is not JSON: %(reason)s"),
    "not_text": _("The file is neither text nor bytes."),
    "not_csv": _("This is not CSV: %(reason)s"),
    "no_header": _("The file has no header line."),
    "missing_columns": _("Columns are missing: %(columns)s."),
    "unknown_column": _("There is no column named “%(column)s”; perhaps you mean “%(nearest)s”."),
    "duplicate_column": _("A column comes twice: %(column)s."),
    "unknown_encoding": _("The encoding of the file cannot be read; save it as UTF-8."),
    "unknown_shape": _("This is no answer that this format knows (found: %(seen)s)."),
    "unknown_version": _("Version %(seen)s of the format is not known. Known: %(known)s."),
    "platform_refused": _("This is an error the platform answered with, not data (found: %(seen)s)."),
    "not_a_list": _("“%(field)s” must be a list."),
}

READING: Final[Sentences] = {
    "missing": _("This is needed."),
    "fact_missing": _("Our rule needs this to reckon the deadline, and neither the row nor the order tells it."),
    "duplicate_in_payload": _("This comes twice in the file; the first is at %(first)s."),
    "duplicate_line": _("A line of the order comes twice: %(seen)s."),
    "unknown_field": _("There is no such field; perhaps you mean “%(nearest)s”."),
    "unknown_value": _("“%(seen)s” is not known here; perhaps you mean “%(nearest)s”."),
    "not_an_object": _("This should be an object (found: %(seen)s)."),
    "not_an_identifier": _("This is no number or name of that kind: %(seen)s."),
    "identifier_not_exact": _("This number lost digits on its way: %(seen)s. Give it as text."),
    "not_a_text": _("This should be text (found: %(seen)s)."),
    "text_too_long": _("This is longer than %(limit)s characters."),
    "not_a_list_of_texts": _("This should be a list of texts."),
    "not_a_flag": _("Say true or false (found: %(seen)s)."),
    "not_a_quantity": _("This should be a whole number from 1 to %(limit)s (found: %(seen)s)."),
    "not_money": _("This is no amount: %(seen)s."),
    "money_not_text": _("Give amounts as text, such as “128.00” (found: %(seen)s)."),
    "money_negative": _("An amount is never negative: %(seen)s."),
    "money_not_positive": _("The amount must be above zero: %(seen)s."),
    "money_too_large": _("This amount is too large: %(seen)s."),
    "money_too_precise": _("Amounts have two places: %(seen)s."),
    "above_maximum": _("More is asked than the platform's maximum of %(maximum)s."),
    "not_a_currency": _("This is no currency: %(seen)s."),
    "not_a_country": _("This is no country of two letters: %(seen)s."),
    "not_a_time": _("This is no time: %(seen)s."),
    "time_needs_offset": _("Say the time's offset, such as +08:00: %(seen)s."),
    "time_out_of_range": _("This year cannot be meant: %(seen)s."),
    "order_not_paid": _("This order was not paid."),
    "too_many_cells": _("The line has more cells than the header."),
    "contradicts_first_row": _("This says something else than the order's first line: %(seen)s."),
}

TAKING: Final[Sentences] = {
    "not_your_shop": _("You do not act for this shop."),
    "shop_needed": _("The row does not name the seller: choose the shop it belongs to."),
    "other_shop": _("The order belongs to another shop here."),
    "other_buyer": _("The order has another buyer here."),
    "buyer_is_seller": _("The buyer acts for this shop; nobody is on both sides."),
    "other_stage": _("The pack “%(pack)s” has no such stage; choose the pack the goods belong to."),
    "other_platform": _("The pack “%(pack)s” is not one of this platform."),
    "in_the_future": _("This lies in the future."),
    "line_disputed": _("Another dispute about this line is open: %(number)s."),
    "only_administrators": _("This moves a running dispute on; only an administrator can record it."),
    "unknown_order": _("There is no order of that number here."),
    "case_busy": _("Somebody was working on this at the same moment; import the file again."),
    "cannot_be_stored": _("This row cannot be stored as it is."),
}

NOTES: Final[Sentences] = {
    "held": _("Its time had passed when it arrived: it is held until staff resume it."),
    "reason_unmapped": _("“%(reason)s” is not mapped to one of our reasons yet; it opened as “Other”."),
    "order_created": _("The order was not known; it was made from what the refund tells."),
    "followed": _("The marketplace moved it on; the case followed."),
    "followed_to_its_end": _("It ended at the marketplace; the case was closed with that outcome."),
    "closed_here": _("The case is closed here; what the marketplace says since was not taken."),
    "went_on_here": _("The case went on here and stands elsewhere; what the marketplace says was not taken."),
    "older_than_known": _("A later state of this is already known."),
    "scan_kept": _("No case of this order names that tracking number yet; it is kept until one does."),
    "cases_told": _("%(count)s open cases were told."),
}


def problem_sentence(code: str, data: Mapping[str, Any]) -> str:
    """A sentence for what is wrong with a row or a payload."""
    sentence = TAKING.get(code) or READING.get(code) or PAYLOAD.get(code) or _("This cannot be accepted.")
    return _filled(sentence, data)


def note_sentence(code: str, data: Mapping[str, Any]) -> str:
    return _filled(NOTES[code], data)


class _Words(dict[str, Any]):
    """What a sentence names and nobody told is left blank."""

    def __missing__(self, key: str) -> str:
        return ""


def _filled(sentence: str | Promise, data: Mapping[str, Any]) -> str:
    text = str(sentence)
    return text % _Words(data) if "%(" in text else text
