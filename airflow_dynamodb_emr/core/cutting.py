"""How the copy engine cuts a table: slices, pages and parts. The same figures give the same cut, whoever copies."""

from __future__ import annotations

from math import ceil

from airflow_dynamodb_emr.core.documents import Noun

MIB = 2**20
SMALL_SEGMENT_BYTES, LARGE_SEGMENT_BYTES = 4 * MIB, 32 * MIB
# Up to here segments are small: hash keys of which most are in one place are in several of them then, and none keeps all others waiting.
MANY_SEGMENTS, SEGMENTS_AT_MOST = 64, 4096
PART_BYTES = 128 * MIB  # of lines: some 20 to 40 MB once it is packed
LEAST_SHARE_BYTES = 8 * MIB
PAGE_SECONDS = 1  # that one page may take of what is granted: less is asked for of a table that serves little
PAGE_BYTES = MIB  # that DynamoDB gives at most
BYTES_PER_UNIT = 8192  # of an eventually consistent read
ITEM_BYTES = 4096  # of a table that DynamoDB has not counted yet, as for hours after it was made: a guess, for pages of more than one item


class Cut(Noun, frozen=True, kw_only=True):
    segments: int
    page_items: int = 0  # at most; 0: as many as DynamoDB gives
    part_bytes: int = PART_BYTES
    share_bytes: int = LEAST_SHARE_BYTES  # of one item collection, after which the rest of it is given to others


def cut(table_bytes: int, items: int, units: float) -> Cut:
    """*units* are the read units a second it may take, all hands together."""
    few = min(MANY_SEGMENTS, ceil(table_bytes / SMALL_SEGMENT_BYTES))
    segments = max(1, few, min(SEGMENTS_AT_MOST, ceil(table_bytes / LARGE_SEGMENT_BYTES)))
    return Cut(
        segments=segments,
        page_items=_page_items(table_bytes, items, units),
        share_bytes=max(LEAST_SHARE_BYTES, table_bytes // segments // 4),
    )


def _page_items(table_bytes: int, items: int, units: float) -> int:
    """A page of a megabyte is 128 units: of a table that has five it would take all for half a minute."""
    granted = units * PAGE_SECONDS * BYTES_PER_UNIT
    if granted >= PAGE_BYTES:
        return 0
    return max(1, int(granted // max(1, table_bytes // items if items else ITEM_BYTES)))
