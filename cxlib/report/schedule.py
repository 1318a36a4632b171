"""A YAML file of reports and how often -> the files that make cron or systemd run it.

They are printed or written for somebody to install; nothing here changes a machine's schedule.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from cxlib.errors import CxError, ParameterError, SourceError
from cxlib.report.plan import from_yaml
from cxlib.report.when import Every, check_zone, is_zone_here, read_every
from cxlib.shown.message import Message

_LONGEST = 998  # bytes of a command that the cron of Debian keeps; it cuts off the rest
_CRONS = ("crond", "cron")
_MARK = "# cx schedule"  # how the files begin, so that only they are written over
# a program whose name has one of these is not started by systemd itself
_UNSAFE = frozenset("\"'\\")


class Scheduler(StrEnum):
    """What runs the reports."""

    CRON = "cron"
    SYSTEMD = "systemd"


def schedule_files(
    suite: Path,
    *,
    every: str,
    zone: str,
    scheduler: str,
    program: Sequence[str] | None = None,
    environment: Mapping[str, str] | None = None,
    language: str = "en",
) -> dict[str, str]:
    """Return the files to install, by name.

    Parameters
    ----------
    suite : Path
        A YAML file of reports, as `cx run` takes it.
    every : str
        `07:00`, `Mon 07:00`, `Mon,Thu 07:00`, `Mon-Fri 07:00` or `1st 07:00`.
    zone : str
        The time zone of that time.
    scheduler : str
        `cron` or `systemd`.
    program : sequence of str, optional
        The command `cx`; by default the one of this Python.
    environment : mapping, optional
        What the run is given, since a scheduler's own is nearly empty; by default see `needed`.
    language : str
        Of the notes in the files.

    Raises
    ------
    ParameterError
        If `every`, `zone` or `scheduler` is none, cron does not know the zone, or a line would be
        too long.
    SourceError
        If a report of the suite cannot be planned, or a path has a sign that cannot be written.
    """
    when, zone, scheduler = read_every(every), check_zone(zone), _known(scheduler)
    suite = Path(os.path.abspath(suite))
    planned, problems = from_yaml(suite)
    if problems:
        raise SourceError("\n".join([*problems, "mend this before it is scheduled"]))
    program = list(program or cx_command())
    environment = dict(environment or needed(program))
    root = planned[0].root
    _refuse_unwritable([str(root), str(suite), *program, *environment.values()])
    asked = shlex.join(["--every", every, "--zone", zone, "--as", scheduler.value])
    told = [f"{_MARK} {_seen(suite, root)} {asked}"]
    if scheduler is Scheduler.CRON:
        return _cron(root, suite, when, zone, program, environment, told, language)
    return _systemd(root, suite, when, zone, program, environment, told, language)


def _known(scheduler: str) -> Scheduler:
    if scheduler not in set(Scheduler):
        raise ParameterError(f"--as {scheduler!r} is not known; write --as cron or --as systemd")
    return Scheduler(scheduler)


def cx_command() -> list[str]:
    """Return the command `cx` of this Python, with its whole path."""
    script = Path(sys.executable).with_name("cx")
    if script.is_file():
        return [str(script)]
    return [sys.executable, "-c", "from cxlib.cli import main; main()"]


def needed(program: Sequence[str]) -> dict[str, str]:
    """Return what a run needs of an environment: where programs are, and that texts are UTF-8."""
    git = shutil.which("git")
    folders = [os.path.dirname(program[0]), *([os.path.dirname(git)] if git else [])]
    path = ":".join(dict.fromkeys([*folders, "/usr/local/bin", "/usr/bin", "/bin"]))
    found = {"PATH": path, "LANG": "C.UTF-8"}
    if own := os.environ.get("PYTHONPATH"):  # cxlib may lie there alone
        found["PYTHONPATH"] = ":".join(map(os.path.abspath, own.split(":")))
    return found


def unit_name(suite: Path) -> str:
    """Return a name for units: the suite's in letters that systemd takes, and of its whole path
    the first letters of the hash, so that two projects do not share one.

    >>> unit_name(Path("/srv/shop/reports/weekly 顧客.yml"))
    'cx-weekly-89e841'
    """
    word = re.sub(r"[^A-Za-z0-9_]+", "-", suite.stem).strip("-")[:80]
    letters = hashlib.sha256(os.fsencode(suite.absolute())).hexdigest()[:6]
    return "-".join(filter(None, ["cx", word, letters]))


def _refuse_unwritable(texts: Sequence[str]) -> None:
    for text in texts:
        odd = next((sign for sign in text if unicodedata.category(sign) in {"Cc", "Cs"}), None)
        if odd is not None:
            raise SourceError(
                f"{text!a} has the sign {odd!a}, which no line of cron or systemd can "
                "hold; rename the file or folder"
            )


def _seen(path: Path, root: Path) -> str:
    """Return a path seen from the project, which no command takes for an option."""
    seen = os.path.relpath(path, root)
    return f"./{seen}" if seen.startswith("-") else seen


def _cron(
    root: Path,
    suite: Path,
    when: Every,
    zone: str,
    program: Sequence[str],
    environment: Mapping[str, str],
    told: list[str],
    language: str,
) -> dict[str, str]:
    here = is_zone_here(zone)
    if not here and (daemon := _without_zones()):
        raise ParameterError(
            f"--zone {zone!r}: the cron of this machine ({daemon}) knows no zone but the machine's "
            "own, and would run the reports at another time; write --as systemd, or give the "
            "machine's own zone"
        )
    name = unit_name(suite)
    log = suite.with_name(f"{suite.name}.log")
    lock = suite.with_name(f".{suite.name}.lock")
    install = f"crontab -l 2>/dev/null | cat - {name}.cron | crontab -"
    notes = [
        Message("cli.schedule_install", command=install),
        Message("cli.schedule_edit", command="crontab -e"),
        Message("cli.schedule_log", path=_seen(log, root), folder=str(root)),
        Message("cli.schedule_secrets"),
    ]
    if not shutil.which("flock"):
        notes.append(Message("cli.schedule_no_flock"))
    if not here:
        notes += [Message("cli.schedule_zone_last"), Message("cli.schedule_zone_ignored")]
    told += [*_comments(notes, language), *([] if here else [f"CRON_TZ={zone}"])]
    command = cron_command(root, suite, log, lock, program, environment)
    if len(command.encode()) > _LONGEST:
        raise ParameterError(
            f"the line for cron has {len(command.encode())} bytes, and some crons keep "
            f"{_LONGEST}; write --as systemd, or give the project's folder a shorter path"
        )
    return {f"{name}.cron": "\n".join([*told, f"{when.cron()} {command}", ""])}


def cron_command(
    root: Path,
    suite: Path,
    log: Path,
    lock: Path,
    program: Sequence[str],
    environment: Mapping[str, str],
) -> str:
    """Return the command of a crontab's line: in the project's folder, alone, into a log."""
    seen = {path: shlex.quote(_seen(path, root)) for path in (suite, log, lock)}
    given = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    run = f"{given} {shlex.join([*program, 'run'])} {seen[suite]}"
    alone = ""
    if flock := shutil.which("flock"):
        said = "left out: the run before is not done"
        alone = f"{shlex.quote(flock)} -n 9 || {{ echo '{said}'; exit; }}; "
    into = f">>{seen[log]} 2>&1" + (f" 9>{seen[lock]}" if alone else "")
    return _of_crontab(f"cd {shlex.quote(str(root))} && {{ date; {alone}{run}; }} {into}")


def _of_crontab(command: str) -> str:
    r"""Return a command as a crontab holds it: a bare `%` would end the line.

    Some crons take `\\` for one backslash and others do not; a quote that ends and begins again
    keeps two of them, and one before `%`, apart.
    """
    return re.sub(r"\\(?=[\\%])", r"\\''", command).replace("%", r"\%")


def _without_zones() -> str | None:
    """Return this machine's cron where it does not know CRON_TZ."""
    for name in _CRONS:
        found = shutil.which(name, path=os.pathsep.join([os.defpath, "/usr/sbin", "/sbin"]))
        if found:
            try:
                return None if b"CRON_TZ" in Path(found).read_bytes() else found
            except OSError:
                return None
    return None


def _systemd(
    root: Path,
    suite: Path,
    when: Every,
    zone: str,
    program: Sequence[str],
    environment: Mapping[str, str],
    told: list[str],
    language: str,
) -> dict[str, str]:
    name = unit_name(suite)
    if str(root) != str(root).rstrip(" \\"):
        raise SourceError(
            f"{str(root)!r} ends in a blank or a backslash, which systemd takes off; rename the "
            "folder"
        )
    given = " ".join(_quoted(f"{key}={value}") for key, value in environment.items())
    there = "~/.config/systemd/user"
    copy = f"mkdir -p {there} && cp {name}.service {name}.timer {there}/"
    [install, linger, *notes] = _comments(
        [
            Message("cli.schedule_install", command=copy),
            Message("cli.schedule_linger", command="loginctl enable-linger"),
            Message("cli.schedule_said", command=f"journalctl --user -u {name}"),
            Message("cli.schedule_when", command="systemctl --user list-timers"),
            Message("cli.schedule_secrets"),
        ],
        language,
    )
    told += [
        install,
        "#   systemctl --user daemon-reload",
        f"#   systemctl --user enable --now {name}.timer",
        linger.replace("# ", "#   ", 1),
        *notes,
    ]
    service = [
        *told,
        "[Unit]",
        f"Description=cx run {_seen(suite, root)}".replace("%", "%%").rstrip("\\"),
        "",
        "[Service]",
        "Type=oneshot",
        f"WorkingDirectory={str(root).replace('%', '%%')}",
        f"Environment={given}",
        f"ExecStart={_exec([*program, 'run', _seen(suite, root)])}",
    ]
    timer = [
        *told,
        "[Unit]",
        f"Description={name}: {when.calendar(zone)}",
        "",
        "[Timer]",
        f"OnCalendar={when.calendar(zone)}",
        *_comments([Message("cli.schedule_missed")], language),
        "Persistent=true",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    files = {"service": service, "timer": timer}
    return {f"{name}.{kind}": "\n".join([*lines, ""]) for kind, lines in files.items()}


def _comments(notes: Sequence[Message], language: str) -> list[str]:
    return [f"# {note.text(language)}" for note in notes]


def _exec(words: Sequence[str]) -> str:
    """Return a command of `ExecStart=`; the colon says that `$` is a plain sign."""
    if _UNSAFE & set(words[0]):
        words = ["/bin/sh", "-c", 'exec "$0" "$@"', *words]
    return " ".join([":" + _quoted(words[0]), *map(_quoted, words[1:])])


def _quoted(word: str) -> str:
    """Return a word as systemd reads it back: `%` begins a specifier, a backslash an escape."""
    written = word.replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"')
    return written if re.fullmatch(r"[\w./:@%=+,-]+", written, re.ASCII) else f'"{written}"'


def write_files(files: Mapping[str, str], folder: Path) -> list[Path]:
    """Write the files and return their paths; earlier ones of ours are replaced.

    Raises
    ------
    CxError
        If a file of that name is not ours, or the folder cannot be written to.
    """
    for name in files:
        path = folder / name
        if path.exists() and not path.read_bytes().startswith(_MARK.encode()):
            raise CxError(
                f"--write {folder.as_posix()!r}: {name} is there and was not written by cx "
                "schedule; move it away, or give another folder"
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise CxError(
            f"--write {folder.as_posix()!r}: the files cannot be written there ({error}); give a "
            "folder where you may write"
        ) from None
    return [folder / name for name in files]
