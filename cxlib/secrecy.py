"""Passwords and keys: refused where they would be written, read by name, masked in what is said.

A parameter that needs one is given as `secret://NAME`. The name is all that is ever stored; what
goes by it is read in the kernel, from the environment or from a file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any

from cxlib.database_addresses import what_to_write
from cxlib.errors import ParameterError
from cxlib.secret_forms import forms, masked_forms, remains
from cxlib.secret_names import looks_secret

MASK = "•••"
SHORTEST = 4  # letters; a shorter one would mask words and figures all over a page
LONGEST = 65_536
FOLDER = Path("/run/secrets")  # where Docker, Podman and, by custom, Kubernetes put them
_REFERENCE = re.compile(r"secret://([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})")
_MEANT = re.compile(r"secret:/{1,2}", re.I)  # Path makes one slash of two
_NO_SECRET = {"", "none", "null", "~", "true", "false", "yes", "no"}
_WORD = r"pass_?word|passwd|pwd|passphrase|api[_-]?key|access[_-]?key|accountkey|secret[_-]?key|"
_WORD += r"client[_-]?secret|access[_-]?token"
# what stands in the place of a password and is none: code that reads one, and its name
_READS = (
    r"(?!secret:/|[\w.]*read_secret\(|[\w.]*environ\b|[\w.]*getenv\(|[\w.]*getpass\(|"
    rf"[\w.]*get_secret_value\(|(?:[\w.]+\.)?(?:{_WORD})\b|(?:None|True|False|null|true|false)\b)"
)
# what each pattern's group `secret` is, or all of it where it has none, behind small letters of
# which one must be in a text for it to match; from the makers' own pages on the shapes of their
# tokens (GitHub, GitLab, AWS, Google, Slack, OpenAI, Hugging Face, Stripe, npm, PyPI, SendGrid,
# Telegram, Shopify, DigitalOcean)
_SECRETS = [
    (found_by.split(), re.compile(pattern))
    for found_by, pattern in (
        # behind a host's colon is a port; Path makes one slash of two
        (
            ":/",
            r"(?i)\b[a-z][\w+.-]{0,40}:/{1,2}[^\s/:@?#\"'<>]{0,200}:(?!secret:/|\d{1,5}[/?#])"
            r"(?P<secret>(?:[^\s\"'<>]|'(?=[^\s,)\]};:])){1,200})@",
        ),
        (
            "pass pwd key secret token",
            rf"(?i)(?:{_WORD})(?:\\*['\"])?\s*[=:]\s*(?:\\*['\"])?{_READS}"
            r"(?P<secret>[^\s&;,'\"\\<>]{3,})",
        ),
        (
            "token secret auth credential",
            rf"(?i)['\"][\w-]{{0,60}}(?:token|secret|auth|credentials?)\\*['\"]\s*:\s*\\*['\"]"
            rf"{_READS}(?P<secret>[^\s&;,'\"\\<>]{{3,}})",
        ),
        (
            "token= secret= sig= signature=",
            rf"(?i)\b(?:token|secret|sig|x-amz-signature)={_READS}"
            r"(?P<secret>[^\s&;,'\"\\<>]{8,})",
        ),
        (
            "bearer basic",
            r"\b(?i:bearer|basic)\s+(?=[\w.~+/-]*(?:\d|[a-z][A-Z]|=))(?P<secret>[\w.~+/=-]{16,})",
        ),
        (
            "private",
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----(?:(?:[^-]|-(?!----)){0,20000}"
            r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----|"
            r"(?:(?:\\[rn]|\s|Proc-Type: [\w,]+|DEK-Info: [\w,-]+)*[A-Za-z0-9+/=]{16,}){0,400})",
        ),
        ("putty", r"PuTTY-User-Key-File-\d(?:[^M]|M(?!AC: )){0,20000}MAC: \w+"),
        (
            "ghp_ gho_ ghu_ ghs_ ghr_ github_ glpat",
            r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,})",
        ),
        ("hf_", r"\bhf_[A-Za-z]{20,}"),
        ("npm_ dop_ shp", r"\b(?:npm_\w{30,}|dop_v1_\w{40,}|shp(?:at|ss|ca|pa)_\w{30,})"),
        ("pypi-", r"\bpypi-[\w-]{40,}"),
        ("sg.", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
        (":aa", r"\b\d{8,10}:AA[\w-]{33}"),
        ("a3t akia asia", r"\b(?:A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}\b"),
        ("aiza", r"\bAIza[\w-]{35}"),
        ("xox xapp", r"\b(?:xox[abeoprs]|xapp)-[\w-]{10,}"),
        ("sk-", r"\bsk-[\w-]{20,}"),
        ("k_live k_test", r"\b[rs]k_(?:live|test)_\w{16,}"),
        ("eyj", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"),
    )
]


def masked(text: str) -> str:
    """Return a text without the passwords and keys in it that can be told by their shape.

    >>> masked("postgresql://ann:hunter2@host/db cannot be opened")
    'postgresql://ann:•••@host/db cannot be opened'
    """
    small = text.lower()
    for found_by, pattern in _SECRETS:
        if any(letters in small for letters in found_by):
            text = pattern.sub(_mask, text)
    return text


def _mask(found: re.Match[str]) -> str:
    secret = found.groupdict().get("secret")
    if secret is None:  # scikit-learn's pages have classes such as sk-toggleable__content
        named = found[0].startswith("sk-") and not re.search(r"\d.*[A-Z]|[A-Z].*\d", found[0])
        return found[0] if named else MASK
    if re.search(rf'"\s*:\s*{re.escape(secret)}$', found[0]) and re.fullmatch(r"[\d.\]}]+", secret):
        return found[0]  # a number of JSON, which must stay JSON
    return found[0].replace(secret, MASK)


def refuse_secrets(values: Mapping[str, Any]) -> None:
    """Refuse values that are, or hold, a password or a key: parameters are stored in the published
    notebook and shown on the page.

    A value is one by its name (see `looks_secret`), also that of a mapping around it, or by its
    shape; `secret://NAME` is none, and neither is nothing, a number, or yes and no.

    Raises
    ------
    ParameterError
        With the parameter's name, its value without the secret, and how to give it.
    """
    held = [
        ((str(name), *inner), text)
        for name, value in values.items()
        for inner, text in _texts(value)
    ]
    lines = [_refusal(path, text) for path, text in held]
    if refused := list(dict.fromkeys(filter(None, lines))):
        raise ParameterError("\n".join(refused))


def _refusal(path: tuple[str, ...], text: str) -> str:
    if _REFERENCE.fullmatch(text):
        return ""
    hidden, inner = masked(text), ".".join(part for part in path[1:] if not part.isdecimal())
    if _MEANT.search(text):
        return (
            f"parameter {path[0]}: secret:// must be all of the value, with a plain name behind it "
            "(letters, digits, '_', '-', '.'); put the whole value, such as an address with its "
            f"password, into the secret and {_how(path)}"
        )
    by_name = any(map(looks_secret, path)) and text.strip().casefold() not in _NO_SECRET
    if hidden == text and (not by_name or re.fullmatch(r"\s*\d{1,3}\s*", text)):
        return ""
    shown = (f"{inner}=" if inner else "") + (MASK if by_name else hidden[:200])
    said = (
        f"parameter {path[0]}={shown!r} holds a password or a key; it is a secret and would be "
        "stored in the published notebook; "
    )
    if table := what_to_write(text, parameter=path[0]):
        return f"{said}where it is a text alone, {_how(path)}; where it names rows, {table}"
    return f"{said}{_how(path)}; " + (
        "if it is none, give the parameter another name"
        if hidden == text
        else "the path of a file and a condition must do without one"
    )


def refuse_clear(parameter: str, value: Any) -> None:
    """Refuse what is given as it is to a parameter that is a secret by its type.

    Raises
    ------
    ParameterError
        With the parameter, and how to give it.
    """
    for path, text in _texts(value):
        if text and secret_name(text) is None:
            raise ParameterError(
                f"parameter {parameter} is a secret and would be stored in the published notebook; "
                f"{_how((parameter, *path))}"
            )


def _how(path: tuple[str, ...]) -> str:
    """Return what to write in place of a secret, and where it is read then."""
    words = "_".join(part for part in path if not part.isdecimal())
    name = re.sub(r"\W+", "_", words, flags=re.ASCII).strip("_").upper() or "PASSWORD"
    inner = f"secret://{name}"
    for part in reversed(path[1:]):
        inner = f"[{inner}]" if part.isdecimal() else f"{{{part}: {inner}}}"
    written = f"'{path[0]}={inner}'" if len(path) > 1 else f"{path[0]}={inner}"
    return (
        f"give -p {written}; it is read from the environment variable {name}, or the file {name} "
        f"in the folder that CX_SECRETS_DIR names or in {FOLDER}"
    )


def _texts(value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give each text in a value, with the names that lead to it; names of a mapping are texts
    too."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, str) and masked(key) != key:
                yield (), key
            for inner, text in _texts(item):
                yield (str(key), *inner), text
    elif isinstance(value, list | tuple | set | frozenset):
        for number, item in enumerate(value):
            for inner, text in _texts(item):
                yield (str(number), *inner), text
    elif isinstance(value, bytes):
        yield (), value.decode("utf-8", errors="replace")
    elif isinstance(value, str | PurePath):
        yield (), str(value)


def secret_name(value: Any) -> str | None:
    """Return NAME of `secret://NAME`; None of anything else."""
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else None


def read_secret(value: str) -> str:
    """Return the password or key that a parameter names.

    Use it in a notebook, `cx.read_secret(password)`, where the parameter is given as
    `secret://DB_PASSWORD`. Nothing but that name is stored, and `cx run` masks what was read
    wherever it is shown or written.

    Parameters
    ----------
    value : str
        `secret://NAME`. NAME is an environment variable or, where there is none (or an empty one),
        a file in the folder that the environment variable CX_SECRETS_DIR names, or else in
        /run/secrets; the line end behind it is no part of it.

    Returns
    -------
    str
        What goes by the name.

    Raises
    ------
    ParameterError
        If there is no such secret, with the places that were looked at; if it is shorter than four
        letters, which could not be masked; or if the value is no `secret://NAME`.

    Notes
    -----
    A picture is no text: a secret that a notebook draws into one cannot be masked.
    """
    name = secret_name(value)
    if name is None:
        raise ParameterError(
            "read_secret: what was given is not of the form secret://NAME; give the parameter as "
            "secret://DB_PASSWORD, and set the environment variable DB_PASSWORD"
        )
    found = os.environ.get(name) or _of_file(name)
    if len(found) < SHORTEST:
        raise ParameterError(
            f"secret://{name} is shorter than {SHORTEST} letters: masking it would blot out words "
            "and figures all over the page; use a longer one"
        )
    return found


def read_named(parameter: str, value: str) -> str:
    """As `read_secret`; a refusal says which parameter it is."""
    try:
        return read_secret(value)
    except ParameterError as error:
        raise ParameterError(f"parameter {parameter}={value!r}: {error}") from None


def refuse_unreadable(values: Mapping[str, Any]) -> None:
    """Refuse a `secret://NAME` that cannot be read, wherever it stands in values.

    Raises
    ------
    ParameterError
        As `read_secret`, with the parameter.
    """
    for name, value in values.items():
        for _, text in _texts(value):
            if secret_name(text):
                read_named(name, text)


def _of_file(name: str) -> str:
    folders = [folder for folder in (os.environ.get("CX_SECRETS_DIR"), FOLDER) if folder]
    for folder in folders:
        path = Path(folder) / name
        try:
            with path.open(encoding="utf-8", newline="") as file:
                found = file.read(LONGEST + 1)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise ParameterError(
                f"secret://{name}: the file {path.as_posix()} cannot be read "
                f"({getattr(error, 'strerror', None) or 'it is not UTF-8'}); make it a text file "
                f"that you may read, or set the environment variable {name}"
            ) from None
        if len(found) > LONGEST:
            raise ParameterError(
                f"secret://{name}: the file {path.as_posix()} has more than {LONGEST} letters; put "
                "the password or key alone into it"
            )
        return re.sub(r"\r?\n\Z", "", found)
    looked = " and no file ".join(f"{Path(folder).as_posix()}/{name}" for folder in folders)
    raise ParameterError(
        f"secret://{name} is not there: there is no environment variable {name} and no file "
        f"{looked}; set one of them (CX_SECRETS_DIR names a folder of your own)"
    )


def secrets_in(source: str) -> list[str]:
    """Return each `secret://NAME` in a text, such as the source of a cell."""
    return [found[0] for found in _REFERENCE.finditer(source)]


def names_secret(values: Any) -> bool:
    """Return whether `secret://NAME` stands anywhere in parameters."""
    return any(secret_name(text) for _, text in _texts(values))


def mask_of(values: Any) -> Callable[[str], str]:
    """Return what masks, in any text, the secrets that parameters name, and all that `masked` does.

    Parameters
    ----------
    values : object
        Parameters; `secret://NAME` counts wherever it stands in them. One that cannot be read is
        passed over: nobody has read it, and a check refuses it.

    Returns
    -------
    callable
        Text to text. A secret is masked as it is and in each form of `secret_forms.forms`: as JSON,
        HTML, Python, an address or base64 write it, each of its longer lines, and what three dots
        have left of it.

    Notes
    -----
    A secret inside a picture, or one that was taken apart, encrypted or compressed, cannot be
    masked. What is short and of letters alone is not looked for inside a picture's base64, where
    it stands by chance.
    """
    names = {name for _, text in _texts(values) if (name := secret_name(text))}
    revealed = []
    for name in sorted(names):
        try:
            revealed.append(read_secret(f"secret://{name}"))
        except ParameterError:
            continue
    written = forms(revealed)

    def mask(text: str) -> str:
        text = masked_forms(text, written, MASK)
        for secret in revealed:
            text = remains(text, secret, MASK)
        return masked(text)

    return mask
