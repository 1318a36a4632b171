"""Words that nobody should write: each as a segment, comment, column, code, file and report name.

`PAYLOADS` is used wherever words of others reach a page, a CSV or a terminal.
"""

from __future__ import annotations

EVIL = "http://evil.example"

PAYLOADS = {
    "script": "<script>document.title='owned'</script>",
    "handler": f"\"'><img src={EVIL}/x.png onerror=\"document.title='owned'\">",
    "closing": f"</td></table></main><iframe src={EVIL}></iframe>",
    "template": "{{ 7*7 }}${7*7}{% raw %}<%= 7*7 %>",
    "markdown": f"![x]({EVIL}/x.png) [y](javascript:alert(1)) <b>",
    "formula": f'=HYPERLINK("{EVIL}","x")',
    "dde": "\t\x00@SUM(1)+cmd|' /C calc'!A0",
    "full_width_formula": "\u200b＝1+1",
    "colour": "\x1b[2J\x1b[31mred\x9b1m\x07",
    "link": f"\x1b]8;;{EVIL}\x1b\\click\x1b]8;;\x1b\\",
    "title_of_terminal": "\x1b]0;owned\x07\rover\bwritten\x7f",
    "turned": "Tokyo\u202e 12 of 30 \u2066\u2067x",
    "turned_by_reference": "&#x202e;Tokyo&#8238; &#27;[31m 12 of 30",
    "marked": "Tokyo\u200f 12-30 \u061c\u200e!",
    "hidden": "pass\u200bwo\u2060rd\ufeff\U000e0041\U000e0042a\ufe0f\ufe0f\u3164",
    "lines": "one\u2028two\u2029three\x85four\x0bfive\r\nsix",
    "percent": "%n%s{0}{name!r}\\u0041\\",
    "quote": "x' or '1'='1' -- \"; drop table answers",
    "path": "../../../etc/passwd",
}
# what a notebook's file cannot hold as it is
SURROGATE = "half\ud800of a letter"
# what must stay as it is
LEGITIMATE = {
    "emoji": "👩‍👩‍👧 ❤️‍🔥 1️⃣ 👍🏽 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇯🇵",
    "persian": "می\u200cخواهم",
    "malayalam": "അവന്\u200d",
    "sinhala": "ශ්\u200dරී",
    "hebrew": "שלום!\u200f (12)",
    "arabic": "الرياض ١٢٣",
    "thai": "ภาษา\u200bไทย",
    "japanese": "葛\U000e0100飾区　東京",
    "korean": "서울 고객",
    "soft_hyphen": "Kunden\xadzufriedenheit",
    "lines": "one\ntwo\tthree",
    "accents": "naïve e\u0301",
}
