"""A crontab line and systemd units that run `mirror crawl`, with the paths of this installation.

cron(8): `%` ends a command unless escaped, the shell is `/bin/sh`, the folder is `$HOME`, and
whatever is printed is mailed. systemd.unit(5), .service(5), .timer(5), .exec(5): `%` starts a
specifier, `$` a variable; quoting is C-like.
"""

import hashlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to run: the program's words, where, how often, with which environment.

    All paths are absolute. `writable` are the folders that it writes to.
    """

    words: Sequence[str]
    folder: Path
    every: timedelta
    environment: Mapping[str, str] = field(default_factory=dict)
    writable: Sequence[Path] = ()
    on_failure: str | None = None

    @property
    def minute(self) -> int:
        """A minute of the hour that is this job's own, so that not all mirrors run at once."""
        return int(hashlib.sha256(str(self.folder).encode()).hexdigest()[:8], 16) % 60


def cron_line(job: Job) -> str:
    """One line for `crontab -e`."""
    settings = [f"{name}={shlex.quote(value)}" for name, value in job.environment.items()]
    command = " ".join([*settings, *map(shlex.quote, job.words)])
    line = f"cd {shlex.quote(str(job.folder))} && {command}"
    return f"{cron_times(job.every, job.minute)} {line.replace('%', chr(92) + '%')}"


def cron_times(every: timedelta, minute: int) -> str:
    """The five fields that fire at least so often.

    >>> [cron_times(timedelta(minutes=m), 17) for m in (1, 15, 60, 360, 1440)]
    ['* * * * *', '2-59/15 * * * *', '17 * * * *', '17 */6 * * *', '17 3 * * *']
    """
    if every < HOUR:
        step = _divisor(int(every.total_seconds() // 60), 60)
        if step == 1:
            return "* * * * *"
        return f"{minute % step}-59/{step} * * * *"
    if every < DAY:
        step = _divisor(int(every // HOUR), 24)
        return f"{minute} * * * *" if step == 1 else f"{minute} */{step} * * *"
    return f"{minute} 3 * * *"


def _divisor(wanted: int, whole: int) -> int:
    """The largest step that divides the hour or the day evenly and is not longer than wanted."""
    return max(step for step in range(1, max(wanted, 1) + 1) if whole % step == 0)


def service_unit(job: Job) -> str:
    """`mirror.service`."""
    environment = "".join(
        f"Environment={_quoted(f'{name}={value}')}\n" for name, value in job.environment.items()
    )
    on_failure = f"OnFailure={job.on_failure}\n" if job.on_failure else ""
    writable = " ".join(_quoted(str(path)) for path in job.writable)
    return f"""\
[Unit]
Description=Mirror of WordPress sites
Documentation=man:systemd.timer(5)
Wants=network-online.target
After=network-online.target
{on_failure}
[Service]
Type=oneshot
WorkingDirectory={_escaped(str(job.folder))}
{environment}ExecStart={" ".join(_quoted(word, command=True) for word in job.words)}
# 1: done, but something could not be had. 75: another run was busy. Neither is a failure.
SuccessExitStatus=1 75
# Ctrl-C to the crawl: what is in flight is finished and written.
KillSignal=SIGINT
TimeoutStopSec=60
Nice=10
IOSchedulingClass=idle
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
LockPersonality=yes
UMask=0022
ReadWritePaths={writable}
"""


def timer_unit(job: Job) -> str:
    """`mirror.timer`."""
    delay = min(int(job.every.total_seconds() // 20), 1800)
    return f"""\
[Unit]
Description=Runs the mirror of WordPress sites

[Timer]
OnCalendar={calendar(job.every, job.minute)}
RandomizedDelaySec={delay}
# A run that was missed because the machine was off is made up for.
Persistent=true

[Install]
WantedBy=timers.target
"""


def calendar(every: timedelta, minute: int) -> str:
    """The same times in systemd.time(7)'s words.

    >>> [calendar(timedelta(minutes=m), 17) for m in (1, 15, 60, 360, 1440)]
    ['*:0/1', '*:2/15', '*:17', '0/6:17', '3:17']
    """
    if every < HOUR:
        step = _divisor(int(every.total_seconds() // 60), 60)
        return f"*:{minute % step}/{step}"
    if every < DAY:
        step = _divisor(int(every // HOUR), 24)
        return f"*:{minute:02}" if step == 1 else f"0/{step}:{minute:02}"
    return f"3:{minute:02}"


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(text: str, *, command: bool = False) -> str:
    """A word in quotes where it needs them. Only commands know `$` variables."""
    escaped = _escaped(text).replace("\\", "\\\\").replace('"', '\\"')
    if command:
        escaped = escaped.replace("$", "$$")
    return f'"{escaped}"' if escaped != text or any(c in " '\t;" for c in text) else text
