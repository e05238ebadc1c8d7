"""The dumps that an increment stands on, found one by one."""

from __future__ import annotations

from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import chain
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.errors import DataDamaged


class Link(Noun, frozen=True, kw_only=True):
    """One dump of a chain, and where its manifest lies."""

    uri: S3Uri
    manifest: TableManifest

    @property
    def parts(self) -> list[S3Uri]:
        root = S3Uri(self.uri.bucket, self.uri.key.rpartition("/tables/")[0])
        return [root / part.key for part in self.manifest.parts]


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


def _link(store: Store, uris: list[S3Uri]) -> Link:
    for uri in uris:
        manifest = store.load(uri, TableManifest)
        if manifest:
            return Link(uri=uri, manifest=manifest)
    raise DataDamaged(f"{uris[-1]} is not there, and an increment stands on it", "restore from a backup that does not need it")
