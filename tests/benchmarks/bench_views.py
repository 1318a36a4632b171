"""How long a coded view of an hour takes: 720 units, 500 spans, two coders; and how large it is."""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from cxlib import interviews


def hour() -> interviews.Corpus:
    random = np.random.default_rng(1)
    text = "\n".join("".join(random.choice(list("abcde "), 60)) for _ in range(720))
    at = random.choice(720, 500)
    codings = pd.DataFrame(
        {
            "document": "a.vtt",
            "start": 61 * at + 3,
            "end": 61 * at + 50,
            "code": [f"code {n % 40}" for n in at],
            "coder": np.where(at % 2, "Kim", "森"),
            "memo": "",
        }
    )
    units = pd.DataFrame(
        {"document": "a.vtt", "unit": range(720), "speaker": "Ana", "start": 61 * np.arange(720)}
    )
    units = units.assign(end=units["start"] + 60, started_seconds=5.0 * units["unit"])
    about = {"document": ["a.vtt"], "format": "vtt", "text": [text], "characters": len(text)}
    return interviews.Corpus(
        documents=pd.DataFrame(about),
        units=units,
        codings=codings,
        codebook=pd.DataFrame({"name": sorted(set(codings["code"]))}),
        cases=pd.DataFrame({"document": ["a.vtt"]}),
    )


def main() -> int:
    corpus = hour()
    interviews.view(corpus, "a.vtt")  # what is loaded once
    begun = time.process_time()
    page = interviews.view(corpus, "a.vtt").to_html()
    spent, size = time.process_time() - begun, len(page.encode())
    print(f"an hour with 500 spans: {spent:.2f} CPU-s (wanted 1), {size:,} bytes (wanted 1 MB)")
    return int(spent > 1 or size > 1_000_000)


if __name__ == "__main__":
    sys.exit(main())
