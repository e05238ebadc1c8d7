"""docs/format.md names every field of every document in a backup, and its commands do what they say."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from airflow_dynamodb_emr.core.documents import FORMAT, Document
from airflow_dynamodb_emr.core.engines import ENGINES
from airflow_dynamodb_emr.core.forgotten import Forgotten, Mark, Reader, Stage
from airflow_dynamodb_emr.core.manifest import Copied, Increment, KeyAttribute, Part, Proof, Settings, TableManifest
from airflow_dynamodb_emr.core.schema import Schema
from airflow_dynamodb_emr.core.verdict import Backup, Seen, TableVerdict, Verdict
from airflow_dynamodb_emr.core.verification import Fault, TableVerification, Verification
from tests.aws.fabricated import COPIED, EXPORTED, PACKED, PLAIN, Fabricated

PAGE = Path(__file__).parents[1] / "docs" / "format.md"
TEXT = PAGE.read_text()
NAMED = set(re.findall(r"`([a-z0-9_]+)`", TEXT))
NOUNS = (Document, TableManifest, Part, KeyAttribute, Settings, Increment, Copied, Schema, Backup, TableVerdict, Seen)
JUDGED = (Verification, TableVerification, Fault)
RETAINED = (Forgotten, Reader, Mark)


@pytest.mark.parametrize("noun", [*NOUNS, *JUDGED, *RETAINED], ids=lambda noun: noun.__name__)
def test_every_field_is_named(noun: type[Document]) -> None:
    assert set(noun.__struct_fields__) <= NAMED


def test_every_word_is_named() -> None:
    assert {proof.value for proof in Proof} | set(ENGINES) <= NAMED
    assert all(stage.value in TEXT for stage in Stage)
    assert all(f"**{verdict.value}**" in TEXT for verdict in Verdict)
    assert f"`format`, which is {FORMAT}," in TEXT


@pytest.mark.skipif(not all(map(shutil.which, ("jq", "zcat", "bash", "sha256sum", "md5sum"))), reason="needs bash, jq, zcat, sha256sum and md5sum")
@pytest.mark.parametrize("table", [PLAIN, PACKED, COPIED, EXPORTED])
def test_a_dump_is_checked_by_hand(tmp_path: Path, table: str) -> None:
    """With the page's own commands, where `aws s3 cp` is `cp`."""
    made, block = Fabricated(), TEXT.split("```bash\n")[2].partition("```")[0]
    for key, data in made.s3.objects.items():
        file = tmp_path / "s3" / key.removeprefix(f"{made.folder.uri.key}/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    script = f'B={tmp_path}/s3; aws() {{ mkdir -p "$(dirname "$4")"; cp "$3" "$4"; }}\n' + block.replace("PROD_orders", table)

    told = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split("\n")

    assert sum(line.endswith(": OK") for line in told) == 2
    assert told[-3:] == ["5", "5", ""], "lines, and items"
