"""What stands in brackets in a transcript -> a stage direction ([laughs], （笑）, *sighs*), or not.

The words are those of transcribers in some languages; `speaker_evidence` looks at the document as
well, since no list has them all."""

from __future__ import annotations

import re

_LATIN = re.compile(
    r"\b(?:laugh|laughs|laughing|laughter|chuckl\w*|giggl\w*|sigh|sighs|sighing|cough\w*|inaudible|"
    r"unintelligible|indistinct|unclear|pause|pauses|silence|silent|crosstalk|cross-talk|overlapping|"
    r"music|applause|clapping|noises?|crying|cries|sobs?|sobbing|sniff\w*|whisper\w*|throat|"
    r"rings|ringing|nods|nodding|smiles|smiling|background|redacted|bleep|beep|sic|"
    r"risas?|r[íi]en?|riendo|suspir\w*|tos|tose|silencio|pausas?|m[úu]sica|aplausos?|llora|llorando|"
    r"ininteligible|inaud[íi]vel|asiente|rires?|rit|soupir\w*|tousse|toux|musique|applaudissements|"
    r"pleure|inaudibles?|lacht|lachen|gelächter|seufz\w*|hustet|husten|schweigen|schweigt|stille|"
    r"musik|applaus|räuspert|weint|unverständlich|nickt|ride|risate|sospir\w*|tossisce|silenzio|"
    r"musica|applausi|piange|risos?|tosse|sil[êe]ncio|chora|смех|сме[её]тся|вздыхает|пауза|"
    r"молчание|музыка|śmiech|śmieje|wzdycha|cisza)\b|\bx+\b",
    re.I,
)
# 笑美, 花音, 박수영, 한소리 are people: a word that names are made of counts where it stands alone
# or has an ending
_CJK = re.compile(
    r"笑(?:$|[いうっわえみむ顔声、。\s])|沈黙|沉默|無音|無言|不明|聞き取|聴取|拍手|音楽|音乐|掌声|咳|ため息|"
    r"溜息|叹气|泣|うなず|頷|相づち|相槌|雑音|物音|ノイズ|^間$|(?:^|[のいなる])[音声]$|音声|録音|"
    r"웃|침묵|(?<![가-힣])박수(?:$|[^가-힣]|를|치|와|소리)|음악|잡음|한숨|기침|울음|"
    r"(?:^|[^가-힣]|벨|문|물|빗|발|숨|차|종)소리$|끄덕|불분명|(?<![가-힣])정적(?:$|[^가-힣]|이|을)|녹음"
)
_MUSIC = re.compile("[♪♫♬♩]")
_HONORIFIC = re.compile(r"(?:さん|様|氏|先生|님|씨)$")


def is_direction(text: str) -> bool:
    """Say whether words that stood in brackets tell what happens rather than who speaks.

    >>> [
    ...     is_direction(text)
    ...     for text in ("suspira", "door closes, laughs", "笑", "한숨", "Ana", "田中")
    ... ]
    [True, True, True, True, False, False]
    """
    if _HONORIFIC.search(text):
        return False
    found = _LATIN.search(text) or _MUSIC.search(text)
    return bool(found or (len(text) <= 12 and _CJK.search(text)))
