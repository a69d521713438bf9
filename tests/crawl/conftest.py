"""The mock server, one for all tests."""

from collections.abc import Iterator

import pytest

from tests.mockserver import MockServer, mock_server


@pytest.fixture(scope="session")
def server() -> Iterator[MockServer]:
    """The running mock server."""
    with mock_server() as running:
        yield running
