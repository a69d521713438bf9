"""Files in an S3 bucket, by botocore, the library that Scrapy's own S3 stores use.

An optional extra (`pip install syndication-mirror[s3]`). Credentials, region and endpoint come from
botocore's usual places: the environment, `~/.aws`, the instance's role.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from mirror.errors import ConfigError, StoreError
from mirror.media.names import sha256_of

# S3 takes at most 5 GB in one PUT; `file_bytes` of the policy is far below.
_BUFFER = 1 << 17
_NOT_THERE = frozenset(("404", "NoSuchKey", "NotFound"))


class Bucket:
    """`s3://bucket/prefix`: an object a file, under its name below the prefix."""

    def __init__(self, uri: str, incoming: Path, *, endpoint_url: str | None = None) -> None:
        """`incoming` is a folder of this machine for files on their way.

        Raises ConfigError for a URI without a bucket, or if botocore is not installed.
        """
        parts = urlsplit(uri)
        if parts.scheme != "s3" or not parts.netloc:
            raise ConfigError(f"{uri} is no place for media: write s3://bucket/prefix")
        self.uri = uri
        self.incoming = incoming
        self._bucket = parts.netloc
        self._prefix = f"{parts.path.strip('/')}/" if parts.path.strip("/") else ""
        self._client, self._failures = _client(endpoint_url)

    def keep(self, file: Path, name: str) -> None:
        """Puts the file, which S3 shows whole or not at all, and removes it from `incoming`."""
        sha256 = sha256_of(name)
        assert sha256 is not None
        size = file.stat().st_size
        if self._size(name) != size:
            with file.open("rb") as body:
                self._ask(
                    "put_object", name, Body=body, ContentLength=size,
                    ContentDisposition="attachment", Metadata={"sha256": sha256},
                )  # fmt: skip
        file.unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        """Whether there is a file of that name."""
        return self._size(name) is not None

    def open(self, name: str) -> BinaryIO:
        """The file, to be read as it comes."""
        body = self._ask("get_object", name)["Body"]
        stream = _Body(body, f"s3://{self._bucket}/{self._prefix}{name}", self._failures)
        return io.BufferedReader(stream, _BUFFER)

    def names(self) -> Iterator[tuple[str, int]]:
        """(name, bytes) of every file kept."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix
        )
        try:
            for page in pages:
                for entry in page.get("Contents", ()):
                    name = entry["Key"][len(self._prefix) :]
                    if sha256_of(name) is not None:
                        yield name, int(entry["Size"])
        except self._failures as error:
            raise StoreError(f"s3://{self._bucket}/{self._prefix}: {error}") from error

    def remove(self, name: str) -> None:
        """Removes a file; no error if it is not there."""
        self._ask("delete_object", name)

    def local(self, name: str) -> Path | None:
        """None: the file has no path on this machine."""
        return None

    def _size(self, name: str) -> int | None:
        try:
            return int(self._ask("head_object", name)["ContentLength"])
        except StoreError as error:
            response = getattr(error.__cause__, "response", {})
            if response.get("Error", {}).get("Code") in _NOT_THERE:
                return None
            raise

    def _ask(self, operation: str, name: str, **parameters: Any) -> Any:
        key = f"{self._prefix}{name}"
        try:
            return getattr(self._client, operation)(Bucket=self._bucket, Key=key, **parameters)
        except self._failures as error:
            raise StoreError(f"s3://{self._bucket}/{key}: {error}") from error


class _Body(io.RawIOBase):
    """An object's bytes, with StoreError for whatever cuts them short.

    botocore's own body leaves that check out when it is used in a `with` statement.
    """

    def __init__(self, body: Any, place: str, failures: tuple[type[Exception], ...]) -> None:
        self._body = body
        self._place = place
        self._failures = failures

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        try:
            chunk = self._body.read(len(into))
        except self._failures as error:
            raise StoreError(f"{self._place}: {error}") from error
        into[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()


def _client(endpoint_url: str | None) -> tuple[Any, tuple[type[Exception], ...]]:
    try:
        import botocore.session  # type: ignore[import-untyped]
        from botocore.config import Config  # type: ignore[import-untyped]
        from botocore.exceptions import (  # type: ignore[import-untyped]
            BotoCoreError,
            ClientError,
        )
    except ImportError as error:
        raise ConfigError(
            "media in s3:// need botocore: pip install 'syndication-mirror[s3]'"
        ) from error
    config = Config(max_pool_connections=16, retries={"max_attempts": 5, "mode": "standard"})
    try:
        session = botocore.session.get_session()
        client = session.create_client("s3", endpoint_url=endpoint_url, config=config)
    except (BotoCoreError, ValueError) as error:
        raise ConfigError(f"S3 cannot be used: {error}") from error
    return client, (BotoCoreError, ClientError)
