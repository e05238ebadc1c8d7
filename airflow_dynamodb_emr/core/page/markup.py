"""HTML and SVG, written so that no text can become markup by accident."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Markup(str):
    """What is HTML already; any other text is escaped where it goes in."""


Child = str | Iterable[str]


def tag(name: str, *children: Child, **attributes: object) -> Markup:
    """`class_` is written `class`, `aria_label` is `aria-label`; an attribute that is None is left out."""
    told = (f' {_attribute(key)}="{escape(str(value))}"' for key, value in attributes.items() if value is not None)
    return Markup(f"<{name}{''.join(told)}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Markup:
    return Markup("".join(_safe(child) if isinstance(child, str) else joined(*child) for child in children))


def percent(share: float) -> str:
    """Of the width: a plot is as wide as the window, and its words are not made smaller with it."""
    return f"{100 * share:.2f}%"


def _safe(text: str) -> str:
    return text if isinstance(text, Markup) else escape(text)


def _attribute(key: str) -> str:
    return key if key.endswith("Box") else key.rstrip("_").replace("_", "-")
