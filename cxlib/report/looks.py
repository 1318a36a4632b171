"""Earlier runs -> how often each subject was looked at, and how often with this run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

_NONE = ""  # stands for no subject in a mapping


def earlier_looks(
    manifests: Iterable[Mapping[str, Any]],
    *,
    notebook: str,
    pruned: Mapping[str, Mapping[str, int]] | None = None,
) -> dict[str, int]:
    """Return how many published runs of a notebook there are, by what exactly was looked at; a run
    that failed showed nothing.

    Parameters
    ----------
    manifests : iterable of mapping
        Of a report's runs.
    notebook : str
        As manifests name it.
    pruned : mapping, optional
        Looks of runs that are gone, as `pruned_looks` returns them.
    """
    there = Counter(
        str(manifest.get("subject") or _NONE)
        for manifest in manifests
        if (manifest["status"], manifest["notebook"]) == ("published", notebook)
    )
    return dict(there + Counter((pruned or {}).get(notebook, {})))


def with_looks(
    manifest: Mapping[str, Any], *, subject: str | None, earlier: Mapping[str, int] | None
) -> dict[str, Any]:
    """Return what a manifest says once the kernel has told the subject.

    Parameters
    ----------
    manifest : mapping
        With `parameters` and `command`.
    subject : str or None
        What exactly was looked at.
    earlier : mapping of str to int, optional
        Earlier looks by subject, where they were filled in; None where nobody counts, or a number
        was given.

    Returns
    -------
    dict
        `subject`, `parameters` and `command`; in these, `looks` is the number for this subject,
        this time included.
    """
    found = {"subject": subject, "parameters": manifest["parameters"]}
    if earlier is None:
        return {**found, "command": manifest["command"]}
    number = 1 + earlier.get(subject or _NONE, 0)
    return {
        "subject": subject,
        "parameters": manifest["parameters"] | {"looks": number},
        "command": f"{manifest['command']} -p looks={number}",
    }
