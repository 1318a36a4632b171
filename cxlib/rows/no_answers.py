"""An answer in words -> whether it says that there is no answer: don't know, 無回答, 모름, k. A."""

from __future__ import annotations

import re
import unicodedata

# As survey tools and researchers write them. Two of them joined by a separator ("Don't know / no
# opinion") are one as well; so is one with a code before it ("99 - Refused").
_WORDS = """
na, n/a, n.a, n. a, n.a.n, nan, none, null, nil, #n/a, #na, #null!, missing, blank, empty
skip, skipped, unknown, unsure, dk, dkn, dk/na, don't know, do not know, dont know, did not know
not know, cannot say, can't say, can't tell, hard to say, not sure, no idea, no opinion, no answer
no response, no reply, no comment, not answered, unanswered, did not answer, not stated, not given
not specified, not rated, no rating, refused, refuse, refusal, refuse to answer, refused to answer
declined, decline to answer, decline to say, declined to answer, prefer not to say
prefer not to answer, prefer not to respond, prefer not to disclose, would rather not say
rather not say, rather not answer, not applicable, inapplicable, does not apply, doesn't apply
have not used it, not used
わからない, 分からない, 判らない, 解らない, わかりません, 分かりません, 知らない, 不明, 無回答
未回答, 回答なし, 回答無し, 答えない, 答えたくない, 回答したくない, 回答しない, 回答を控える
回答拒否, 拒否, 答えられない, 該当なし, 該当無し, 該当しない, 非該当, 対象外, 特になし, なし
無し, 未記入, 無記入, 欠損
모름, 모르겠음, 모르겠다, 모르겠어요, 모르겠습니다, 잘 모르겠음, 잘 모르겠다, 잘 모르겠어요
잘 모르겠습니다, 잘 모름, 무응답, 응답 없음, 응답없음, 응답 거부, 응답거부, 거부, 응답 안함
응답하지 않음, 미응답, 답변 없음, 답변 거부, 대답하고 싶지 않음, 답하고 싶지 않음, 말하고 싶지 않음
응답하고 싶지 않음, 해당 없음, 해당없음, 해당사항 없음, 해당 사항 없음, 비해당, 결측
weiß nicht, weiß ich nicht, keine angabe, keine angaben, k.a, k. a, w.n, keine antwort
keine meinung, keine aussage, kann ich nicht sagen, kann ich nicht beurteilen, nicht beantwortet
möchte ich nicht sagen, möchte nicht antworten, verweigert, nicht zutreffend, trifft nicht zu
entfällt, unbekannt
ne sait pas, ne sais pas, sait pas, nsp, ne se prononce pas, nspp, sans réponse, pas de réponse
aucune réponse, non-réponse, non réponse, sans opinion, sans avis, refus, refuse de répondre
ne souhaite pas répondre, préfère ne pas répondre, préfère ne pas dire, non applicable, sans objet
s.o, non concerné
no sabe, no contesta, no sé, ns, nc, nr, nsnc, no sabe no contesta, no responde, sin respuesta
sin opinión, prefiero no responder, prefiero no contestar, prefiero no decirlo, no aplica
no procede, rehúsa
não sei, não sabe, não responde, não respondeu, prefiro não responder, não se aplica
non so, non sa, non risponde, preferisco non rispondere, non applicabile
不知道, 不清楚, 不确定, 不確定, 拒答, 拒绝回答, 拒絕回答, 不适用, 不適用, 无回答, 缺失
weet niet, geen antwoord, geen mening, niet van toepassing, n.v.t, zeg ik liever niet
"""
_SEPARATOR = re.compile(r"\s*(?:[/|;,、・·]| or | oder | ou | and | und )\s*")
_BRACKETS = re.compile(r"[(\[{<【「].*?[)\]}>】」]")
_CODE = re.compile(r"^[+-]?\d+\s*[-–—:.=)]*\s*")
_BEFORE = re.compile(r"^(?:i'd |i would |i |we |je |ich |yo )(?=\w)")
_AROUND = " .。!…*()[]{}<>【】「」"


def fold(text: str) -> str:
    """Return text as it is compared: one width, one kind of apostrophe, single blanks, no capitals.

    >>> fold("  Extremely\\u00a0 likely")
    'extremely likely'
    """
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")
    return " ".join(plain.split()).casefold()


_KNOWN = {fold(word) for line in _WORDS.splitlines() for word in line.split(", ") if word}


def says_no_answer(text: str) -> bool:
    """Return whether an answer in words says that there is none, in one of several languages.

    Blank text and a lone dash are no answer; a code before the words does not make them one.

    Examples
    --------
    >>> [says_no_answer(text) for text in ("Don’t know", "99 - Refused", "NS/NC", "わからない。")]
    [True, True, True, True]
    >>> [says_no_answer(text) for text in ("never", "10", "どちらともいえない")]
    [False, False, False]
    """
    folded = fold(text)
    if not folded.strip(" -–—―_.…?*"):
        return True
    return any(_is_known(each) for each in (folded, _BRACKETS.sub(" ", folded)))


def _is_known(text: str) -> bool:
    words = {text.strip(_AROUND), _CODE.sub("", text).strip(_AROUND)}
    if any(_BEFORE.sub("", each) in _KNOWN for each in words):
        return True
    parts = [[part for part in _SEPARATOR.split(each) if part] for each in words]
    return any(
        len(each) > 1 and all(_BEFORE.sub("", part) in _KNOWN for part in each) for each in parts
    )
