"""Write the pages that the code itself can tell, or with --check say which are out of date and which links lead nowhere."""

from __future__ import annotations

import os
import re
import sys
from argparse import ArgumentParser, _SubParsersAction
from pathlib import Path

import access_pages

from airflow_dynamodb_emr import cli
from airflow_dynamodb_emr.provider import get_provider_info

DOCS = Path(__file__).parent
PROJECT = DOCS.parent


def main() -> int:
    os.environ["COLUMNS"] = "110"
    pages = {
        DOCS / "cli.md": _cli(),
        DOCS / "configuration.md": _configuration(),
        DOCS / "permissions.md": access_pages.permissions(),
        DOCS / "cloudformation.yaml": access_pages.template(),
    }
    if "--check" not in sys.argv:
        for page, text in pages.items():
            page.write_text(text)
        return 0
    problems = [*(f"{_name(page)} is out of date" for page, text in pages.items() if not page.exists() or page.read_text() != text), *_dead_links()]
    print(*problems, *(["HINT: python docs/generate.py writes the generated pages"] if problems else []), sep="\n", end="\n" * bool(problems))
    return 1 if problems else 0


def _cli() -> str:
    verbs = next(action for action in cli.parser()._actions if isinstance(action, _SubParsersAction)).choices
    sections = "\n".join(_verb(name, parser) for name, parser in verbs.items())
    return f"# The command line\n\nGenerated from `dynamodb-emr --help`.\n\n{_fenced(cli.parser())}\n{sections}"


def _verb(name: str, parser: ArgumentParser) -> str:
    return f"## {name}\n\n{_fenced(parser)}"


def _fenced(parser: ArgumentParser) -> str:
    return f"```\n{parser.format_help()}```\n"


def _configuration() -> str:
    options = get_provider_info()["config"]["dynamodb_emr"]["options"]
    rows = "\n".join(
        f"| `{name}` | {option['description']} | {_code(option['default'])} | {_code(option['example'])} |" for name, option in options.items()
    )
    return (
        "# Configuration\n\nGenerated from the provider info. Each option is set in section `[dynamodb_emr]` of airflow.cfg, "
        "or as `AIRFLOW__DYNAMODB_EMR__<OPTION>`.\n\n| option | what it says | default | example |\n|---|---|---|---|\n" + rows + "\n"
    )


def _code(value: str | None) -> str:
    return f"`{value}`" if value else ""


def _dead_links() -> list[str]:
    """Links from one file of this project to another; pages elsewhere are not asked for."""
    pages = [*PROJECT.glob("*.md"), *DOCS.glob("*.md")]
    return [f"{_name(page)}: {link} leads nowhere" for page in pages for link in _links(page.read_text()) if not (page.parent / link).exists()]


def _links(text: str) -> list[str]:
    return [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in link and not link.startswith("mailto:")]


def _name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


if __name__ == "__main__":
    sys.exit(main())
