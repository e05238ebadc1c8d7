"""A message to a person, in a form that SNS, mail and chat all take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from airflow_dynamodb_emr.core.documents import Noun

# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: less than 100 characters of ASCII without line breaks.
LONGEST_SUBJECT = 99
_LONGEST_WHAT = 44
_NAMED = 20  # of many, so many are named
_LONGEST_LINE = 500  # reasons can hold the end of a log
_LONGEST_BODY = 200_000  # bytes; SNS takes 256 KiB, and only the message of a day with very many prefixes comes near
_MORE = "\n... and more: look at the run"


class Message(Noun, frozen=True, kw_only=True):
    subject: str
    body: str


def message(subject: str, paragraphs: Sequence[Sequence[str]]) -> Message:
    """Each paragraph is its lines; one that has none is left out."""
    body = "\n\n".join("\n".join(each) for each in paragraphs if each)
    return Message(subject=cut(_plain(subject), LONGEST_SUBJECT), body=_fitting(body))


def lines(told: Mapping[str, str]) -> list[str]:
    """One for each table."""
    named = [cut(f"  {name}: {' '.join(what.split())}") for name, what in list(told.items())[:_NAMED]]
    return [*named, f"  and {len(told) - _NAMED} more"] if len(told) > _NAMED else named


def some(names: Iterable[str]) -> list[str]:
    every = sorted(names)
    return [*every[:_NAMED], f"and {len(every) - _NAMED} more"] if len(every) > _NAMED else every


def short(what: str) -> str:
    """So that a subject has room for what became of it."""
    return cut(what, _LONGEST_WHAT)


def _plain(subject: str) -> str:
    """SNS refuses the whole message for a line break, or a letter that is not of ASCII."""
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in " ".join(subject.split()))


def _fitting(body: str) -> str:
    encoded = body.encode("utf-8", "replace")
    return encoded.decode() if len(encoded) <= _LONGEST_BODY else encoded[:_LONGEST_BODY].decode("utf-8", "ignore") + _MORE


def cut(line: str, longest: int = _LONGEST_LINE) -> str:
    return line if len(line) <= longest else f"{line[: longest - 3]}..."
