"""Which feeds of which platforms an import shows to be alive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from disputes.feeds import ParseResult
from disputes.services.importing_people import PLATFORMS_OF_FEED, Importer
from disputes.services.importing_rows import RowResult


def heard(parsed: ParseResult, rows: Sequence[RowResult], who: Importer) -> frozenset[tuple[str, str]]:
    """Platform and kind of each feed of which a row was taken or known already, or that said it has nothing new.

    What somebody imports for a single shop tells nothing of a whole platform: only administrators' imports count.
    """
    told = {*_taken(parsed, rows), *parsed.nothing_new}
    return frozenset(
        (name, kind) for platform, kind in told if who.administers(platform) for name in PLATFORMS_OF_FEED[platform]
    )


def _taken(parsed: ParseResult, rows: Sequence[RowResult]) -> Iterator[tuple[str, str]]:
    refused = {row.pointer for row in rows if row.result == "refused"}
    yield from ((order.platform, "orders") for order in parsed.orders if order.pointer not in refused)
    yield from ((parcel.platform, "parcels") for parcel in parsed.parcels if parcel.pointer not in refused)
