"""The dumps that an increment stands on, found one by one."""

from __future__ import annotations

from airflow_dynamodb_emr.aws import backups
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import chain, documents
from airflow_dynamodb_emr.core.documents import Noun, digest
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.verdict import TableVerdict, Verdict
from airflow_dynamodb_emr.errors import DataDamaged


class Link(Noun, frozen=True, kw_only=True):
    """One dump of a chain, and where its manifest lies."""

    uri: S3Uri
    manifest: TableManifest
    sha256: str  # of the manifest, as stored

    @property
    def folder(self) -> Folder:
        """The backup's that it is part of."""
        return Folder.parse(chain.folder_of(str(self.uri)))

    @property
    def parts(self) -> list[S3Uri]:
        return [self.folder.uri / part.key for part in self.manifest.parts]


def of(store: Store, folder: Folder, table: str) -> list[Link]:
    """What has to be loaded, in order, to have *table* as this backup shows it: a dump of the whole table, then increments.

    Raises DataDamaged where one of them is not there, or does not go on where the one before it ends.
    """
    links = [_link(store, [folder.manifest(table)])]
    while (increment := links[0].manifest.increment) is not None:
        if len(links) > chain.LONGEST:
            raise DataDamaged(
                f"{table}: more than {chain.LONGEST} increments stand on one another", "restore from an earlier dump of the whole table"
            )
        links.insert(0, _link(store, chain.base_uris(increment.base, links[0].uri)))
    chain.refuse_gaps([link.manifest for link in links])
    return links


def broken(store: Store, folder: Folder, table: str) -> str:
    """Why this increment cannot be restored; empty when all that it stands on is there, as far as names and sizes tell."""
    try:
        bases = of(store, folder, table)[:-1]
        return next((why for link in bases if (why := _lost(store, link))), "")
    except DataDamaged as damage:
        return damage.facts


def _lost(store: Store, link: Link) -> str:
    """Of what a dump consists of; or what its backup says of it, and the last look at that."""
    manifest, root = link.manifest, link.folder
    there = dict(store.objects(root.data(manifest.table, manifest.attempt)))
    part = next((part for part in manifest.parts if there.get(root.uri / part.key) != part.bytes), None)
    if part:
        return f"{root.uri / part.key} is not as its manifest says, and an increment stands on it"
    told = _told(store, link)
    if told and told.verdict is not Verdict.VALID:
        return f"what it stands on in {root.uri} is {told.verdict.value}"
    if told and told.manifest_sha256 not in ("", link.sha256):
        return f"{link.uri} is not as it was when its backup.json was written, and an increment stands on it"
    return ""


def _told(store: Store, link: Link) -> TableVerdict | None:
    """A restore does not need it: where it cannot be read, or was forgotten since, less is known."""
    try:
        backup = backups.read(store, link.folder)
    except DataDamaged:
        return None
    return backup.table(link.manifest.table) if backup else None


def _link(store: Store, uris: list[S3Uri]) -> Link:
    for uri in uris:
        data = store.read(uri)
        if data is not None:
            return Link(uri=uri, manifest=documents.decode(data, TableManifest, uri), sha256=digest(data))
    raise DataDamaged(f"{uris[-1]} is not there, and an increment stands on it", "restore from a backup that does not need it")
