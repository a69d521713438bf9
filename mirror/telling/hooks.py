"""Telling somebody: a POST with a JSON body, or a program with the same on its standard input.

Three attempts, a pause between them, a limit on each. That telling failed is told on stderr, and
changes nothing about the run.
"""

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from mirror import __version__
from mirror.errors import MirrorError

ATTEMPTS = 3
PAUSES = (1.0, 4.0)


class TellingError(MirrorError):
    """Raised when somebody could not be told, after all attempts."""


def tell(hook: str | Sequence[str], event: str, body: Mapping[str, Any], timeout: float) -> None:
    """Tells a hook of an event. `body` has an `exit_code`, which may stand in an address.

    Raises TellingError.
    """
    content = json.dumps(body, ensure_ascii=True).encode()
    for attempt in range(ATTEMPTS):
        try:
            if isinstance(hook, str):
                _post(hook.replace("{exit_code}", str(body["exit_code"])), event, content, timeout)
            else:
                _run(hook, event, content, timeout)
            return
        except _Useless as error:
            raise TellingError(f"{_name(hook)}: {error}") from error
        except _Trouble as error:
            if attempt == ATTEMPTS - 1:
                raise TellingError(f"{_name(hook)}: {error}, {ATTEMPTS} times") from error
            time.sleep(PAUSES[attempt])


class _Trouble(Exception):
    """It may go better next time."""


class _Useless(Exception):
    """It will not."""


def _post(address: str, event: str, content: bytes, timeout: float) -> None:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"syndication-mirror/{__version__}",
        "X-Mirror-Event": event,
    }
    request = Request(address, data=content, headers=headers, method="POST")  # noqa: S310 - http(s), see Hook
    try:
        with urlopen(request, timeout=timeout):  # noqa: S310
            return
    except HTTPError as error:
        error.close()
        if 400 <= error.code < 500 and error.code not in (408, 429):
            raise _Useless(f"answers {error.code}") from error
        raise _Trouble(f"answers {error.code}") from error
    except URLError as error:
        raise _Trouble(str(error.reason)) from error
    except (OSError, ValueError) as error:
        raise _Trouble(str(error) or type(error).__name__) from error


def _run(words: Sequence[str], event: str, content: bytes, timeout: float) -> None:
    """A program's own output goes to stderr: a cron job's mail shows it."""
    environment = {**os.environ, "MIRROR_EVENT": event}
    try:
        done = subprocess.run(  # noqa: S603 - what the config file names
            list(words), input=content, timeout=timeout, env=environment, stdout=2, check=False
        )
    except FileNotFoundError as error:
        raise _Useless("there is no such program") from error
    except subprocess.TimeoutExpired as error:
        raise _Trouble(f"did not end within {timeout:g} s") from error
    except OSError as error:
        raise _Useless(error.strerror or str(error)) from error
    if done.returncode:
        raise _Trouble(f"ended with {done.returncode}")


def _name(hook: str | Sequence[str]) -> str:
    """The hook without what may be secret in it: an address' path often is its key."""
    if isinstance(hook, str):
        return "/".join(hook.split("/")[:3])
    return hook[0]
