"""What survey tools call the columns that say what a row is, and what they write in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cxlib.sources.header_rows import vocabulary


class LeftOut(StrEnum):
    """Why rows of a file are left out by a rule; the words are `sources.left_out_<value>`."""

    PREVIEW = "preview"
    SPAM = "spam"
    TEST = "test"
    UNFINISHED = "unfinished"
    TOTAL = "total"
    WHERE = "where"
    NO_WEIGHT = "no_weight"


ANSWER = None  # what a value means that marks an answer
_Marks = Mapping[str, LeftOut | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A column of an export that says what a row is.

    Attributes
    ----------
    names : frozenset of str
        What it is called, or its question text: small letters, no spaces, `_` or `-`.
    marks : mapping of str to LeftOut or None
        What each of its values means; None: an answer.
    beside : frozenset of str
        Columns that the same tool writes.
    needs : int
        How many of these must be there: a name like `status` is also a researcher's own.
    others : bool
        Whether it may have values that are not known; they are answers.
    proof : frozenset of str
        Values that survey tools alone write; with one of them no other column is needed.
    """

    names: frozenset[str]
    marks: _Marks
    beside: frozenset[str] = frozenset()
    needs: int = 0
    others: bool = False
    proof: frozenset[str] = frozenset()


def _values(reason: LeftOut | None, text: str) -> dict[str, LeftOut | None]:
    return {value.strip(): reason for value in text.split("|")}


PREVIEW, SPAM, TEST, UNFINISHED = (
    LeftOut.PREVIEW,
    LeftOut.SPAM,
    LeftOut.TEST,
    LeftOut.UNFINISHED,
)
QUALTRICS = vocabulary(
    "responseid recordeddate startdate enddate ipaddress progress finished durationinseconds "
    "distributionchannel userlanguage locationlatitude responseset externaldatareference"
)
TOOLS = vocabulary(
    "responseid recordeddate ipaddress progress durationinseconds distributionchannel userlanguage "
    "responseset externaldatareference respondentid collectorid submitdate datesubmitted lastpage "
    "maxpage questnnr timesum lfdn startlanguage networkid sessionid contactid recordid"
)
_YES = "true|t|yes|1|y|はい|예|네|ja|oui|sí|si|wahr|vrai|verdadero|真|참"
_NO = "false|f|no|0|n|いいえ|아니요|아니오|nein|non|falsch|faux|falso|偽|거짓"
# https://www.qualtrics.com/support: 1, 2 and 8 are bits; 4 is imported, 16 offline, 32 anonymous
_CODES: _Marks = {
    str(code): PREVIEW if code & 1 else TEST if code & 2 else SPAM if code & 8 else ANSWER
    for code in range(64)
}
RESPONSE: _Marks = (
    _values(
        ANSWER,
        "complete|completed|submitted|finished|完了|回答完了|回答済み|回答済|送信済み|完了済み"
        "|완료|응답완료"
        "|응답 완료|제출|제출됨|완료됨|abgeschlossen|vollständig|beendet|terminé|complet"
        "|complète"
        "|completada|completado|completa|completo",
    )
    | _values(
        UNFINISHED,
        "partial|partially completed|partially complete|incomplete|in progress|started"
        "|abandoned"
        "|started but not completed|not completed|unfinished|disqualified|screened out"
        "|screenout"
        "|screen out|terminated|over quota|overquota|quota full|途中|途中離脱|未完了|中断"
        "|一部回答|回答中"
        "|回答途中|対象外|スクリーニングアウト|中断|미완료|진행중|진행 중|응답중|응답 중"
        "|스크린아웃|쿼터오버"
        "|일부 응답|부분 응답|중도이탈|중도 이탈|unvollständig|abgebrochen|teilweise"
        "|ausgescreent"
        "|partiel|partielle|incomplet|incomplète|abandonné|parcial|incompleta|incompleto"
        "|중단",
    )
    | _values(
        SPAM, "deleted|spam|削除|削除済み|スパム|삭제|삭제됨|스팸|gelöscht|supprimé|eliminado"
    )
    | _values(TEST, "test|test data|テスト|テスト回答|테스트")
    | _values(PREVIEW, "preview|プレビュー|미리보기")
)
# of these, what is written of a response and not of an order or a case
PROOF = frozenset(
    value
    for value in RESPONSE
    if any(word in value for word in ("disqual", "screen", "quota", "回答", "離脱", "対象外"))
) | {"partially completed", "partially complete", "started but not completed", "응답완료"}
STATUSES = (
    Status(  # Qualtrics, with labels
        names=vocabulary("status responsetype"),
        marks=_values(
            ANSWER,
            "ip address|imported|offline|offline response|ip アドレス|ipアドレス|インポート済み"
            "|オフライン"
            "|ip 주소|ip주소|가져옴|오프라인|ip-adresse|importiert|adresse ip|importé|dirección ip"
            "|importado",
        )
        | _values(
            PREVIEW,
            "survey preview|offline survey preview|preview|survey preview spam"
            "|アンケートのプレビュー"
            "|アンケートプレビュー|調査プレビュー|プレビュー|설문조사 미리 보기|설문조사 미리보기"
            "|설문 미리보기|미리보기"
            "|umfragevorschau|vorschau|aperçu de l'enquête|aperçu de l’enquête|aperçu"
            "|vista previa de la encuesta|vista previa de encuesta|vista previa",
        )
        | _values(
            TEST, "survey test|test|テスト|アンケートのテスト|설문조사 테스트|테스트|umfragetest"
        )
        | _values(
            SPAM,
            "spam|possible spam|imported spam|offline spam|スパム|스팸|pourriel|correo no deseado",
        ),
    ),
    Status(  # Qualtrics, with codes
        names=vocabulary("status responsetype"), marks=_CODES, beside=QUALTRICS, needs=2
    ),
    Status(
        names=vocabulary("distributionchannel"),
        marks=_values(PREVIEW, "preview") | _values(TEST, "test"),
        others=True,
    ),
    Status(  # Qualtrics, SoSci, Unipark and those who call it completed
        names=vocabulary(
            "finished completed complete iscomplete iscompleted surveycompleted 完了 回答完了 완료 "
            "응답완료 終了 완료됨 완료여부 abgeschlossen beendet terminé completado"
        ),
        marks=_values(ANSWER, f"{_YES}|complete|completed|finished")
        | _values(UNFINISHED, f"{_NO}|incomplete|partial|not completed|in progress|unverified"),
        beside=TOOLS,
        needs=1,
    ),
    Status(  # SurveyMonkey, QuestionPro, Typeform and others
        names=vocabulary(
            "responsestatus responsetype completionstatus surveystatus submissionstatus "
            "回答状況 回答ステータス 回答状態 상태 응답상태 진행상태 설문상태 응답상황 "
            "antwortstatus bearbeitungsstatus"
        ),
        marks=RESPONSE,
    ),
    Status(  # Alchemer; an order has a status, too
        names=vocabulary("status ステータス 状態 statut estado"),
        marks=RESPONSE,
        beside=TOOLS,
        needs=1,
        proof=PROOF,
    ),
    Status(  # anybody's: told, never taken
        names=vocabulary("screenedout screenout disqualified quotafull overquota"),
        marks=_values(ANSWER, _NO) | _values(UNFINISHED, _YES),
        needs=1,
    ),
    Status(  # Decipher
        names=vocabulary("status"),
        marks=_values(ANSWER, "3") | _values(UNFINISHED, "1|2|4"),
        beside=vocabulary("record uuid markers qtime vlist vos"),
        needs=2,
    ),
    Status(  # Alchemer
        names=vocabulary(
            "istestdata testdata istest testresponse istestresponse テスト回答 테스트응답"
        ),
        marks=_values(ANSWER, _NO) | _values(TEST, _YES),
    ),
    Status(  # SoSci
        names=vocabulary("mode"),
        marks=_values(ANSWER, "interview")
        | _values(TEST, "pretest|test|debug|admin|page")
        | _values(PREVIEW, "preview"),
        beside=vocabulary("case questnnr lastpage maxpage timesum"),
        needs=1,
    ),
    Status(  # Unipark: 31 and 32 are finished
        names=vocabulary("dispcode"),
        marks=_values(ANSWER, "31|32|33|34")
        | _values(UNFINISHED, "11|12|13|14|15|16|20|21|22|23|35|36|37|41"),
        beside=vocabulary("lfdn lastpage externallfdn tester"),
        needs=1,
    ),
)
# LimeSurvey: empty where nobody pressed submit
SUBMITTED = vocabulary(
    "submitdate datesubmitted datumabgeschickt datumabgeschlossen datumdesabsendens "
    "datedesoumission 送信日 送信日時 "
    "제출일"
)
DONE = SUBMITTED | vocabulary("completedat submittedat completiondate completeddate completed")
LIMESURVEY = vocabulary(
    "lastpage startlanguage seed datestamp startdate ipaddr refurl token interviewtime letzteseite "
    "startsprache dernièrepage langueinitiale 最後のページ 開始言語 마지막페이지 시작언어"
)


# REDCap: a form is 0 incomplete, 1 unverified or 2 complete
REDCAP = re.compile(r"redcap|recordid$")
FORM = ("0", "1", "2", "incomplete", "unverified", "complete")
