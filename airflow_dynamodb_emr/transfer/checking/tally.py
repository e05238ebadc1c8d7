"""What the blocks of one part come to."""

from __future__ import annotations

from airflow_dynamodb_emr.transfer.checking.reader import Read

_TOLD_OF_AT_MOST = 5


class Tally:
    """Of a part as far as it is read."""

    def __init__(self) -> None:
        self._lines = self._damaged = 0
        self._told: list[str] = []
        self.items = self.blank_lines = 0
        self.connector_can_load = True

    def add(self, read: Read) -> None:
        room = _TOLD_OF_AT_MOST - len(self._told)
        self._told += [f"line {self._lines + number + 1}: {what}" for number, what in read.damaged[:room]]
        self._damaged += len(read.damaged)
        self._lines += read.lines
        self.items += read.items
        self.blank_lines += read.blank_lines
        self.connector_can_load &= read.connector_can_load and not read.damaged

    @property
    def reasons(self) -> list[str]:
        """Some damaged lines, and how many more there are."""
        more = self._damaged - len(self._told)
        return [*self._told, f"{more:,} more lines are damaged"] if more else self._told
