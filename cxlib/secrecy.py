"""A value that holds a password or a key -> a refusal that does not say it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cxlib.errors import ParameterError

MASK = "•••"
# what each pattern's group `secret` is, or all of it where it has none; from the makers' own pages
# on the shapes of their tokens (GitHub, GitLab, AWS, Google, Slack, OpenAI, Hugging Face, Stripe)
_SECRETS = [
    re.compile(pattern)
    for pattern in (
        # Path makes one slash of two
        r"(?i)\b[a-z][\w+.-]*:/{1,2}[^\s/:@?#]*:(?P<secret>\S+)@",
        r"(?i)(?:password|passwd|pwd|passphrase|api[_-]?key|access[_-]?key|accountkey|secret[_-]?key|"
        r"client[_-]?secret|access[_-]?token)['\"]?\s*[=:]\s*['\"]?(?P<secret>[^\s&;,'\"]{3,})",
        r"(?i)\b(?:token|secret|sig|x-amz-signature)=(?P<secret>[^\s&;,'\"]{8,})",
        r"(?i)\b(?:bearer|basic)\s+(?P<secret>[\w.~+/=-]{16,})",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
        r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|hf_[A-Za-z]{20,})",
        r"\b(?:A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}\b",
        r"\bAIza[\w-]{35}",
        r"\bxox[abeoprs]-[\w-]{10,}",
        r"\bsk-[\w-]{20,}",
        r"\b[rs]k_(?:live|test)_\w{16,}",
        r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*",
    )
]


def masked(text: str) -> str:
    """Return a text without the passwords and keys in it.

    >>> masked("postgresql://ann:hunter2@host/db cannot be opened")
    'postgresql://ann:•••@host/db cannot be opened'
    """
    for pattern in _SECRETS:
        text = pattern.sub(_mask, text)
    return text


def _mask(found: re.Match[str]) -> str:
    secret = found.groupdict().get("secret")
    return MASK if secret is None else found[0].replace(secret, MASK)


def refuse_secrets(values: Mapping[str, Any]) -> None:
    """Refuse values that hold a password or a key: parameters are stored in the published notebook
    and shown on the page.

    Raises
    ------
    ParameterError
        With the parameter's name, and its value without the secret.
    """
    held = [(name, text) for name, value in values.items() for text in _texts(value)]
    refused = [(name, hidden) for name, text in held if (hidden := masked(text)) != text]
    if refused:
        raise ParameterError(
            "\n".join(
                f"parameter {name}={hidden[:200]!r} holds a password or a key, which would be "
                "stored in the published notebook; leave it out of the value, and keep it in "
                "~/.pgpass or in an environment variable that the notebook reads"
                for name, hidden in dict.fromkeys(refused)
            )
        )


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{key}={text}" for key, item in value.items() for text in _texts(item)]
    if isinstance(value, list | tuple | set | frozenset):
        return [text for item in value for text in _texts(item)]
    return [str(value)]
