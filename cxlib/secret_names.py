"""A name -> whether what goes by it is a password or a key."""

from __future__ import annotations

import re
import unicodedata

# anywhere in a name; `_?` where people write one word or two
_ALWAYS = re.compile(
    r"pass_?words?(?!less)|passwort|kennwort|passwd|pass_?phrase|pass_?code|pwd|"
    r"(?:api|access|private|secret|encryption|signing|ssh|account|auth|master|deploy)_?keys?(?![a-z])|"
    r"(?:client|shared|app|consumer)_?secrets?(?![a-z])|credentials?(?![a-z])|"
    r"(?:access|auth|api|bearer|refresh|session|oauth|bot|id|security)_?token(?![a-z])|"
    r"conn(?:ection)?_?str(?:ing)?s?(?![a-z])|"
    r"(?<![a-z])(?:creds?|jwt|bearer|senha|mot_de_passe|contrase[nñ]a|wachtwoord)(?![a-z])|"
    r"пароль|密码|密碼|口令|パスワード|パスフレーズ|暗証(?:番号)?|合言葉|秘密鍵|暗号鍵|アクセスキー|apiキー|"
    r"認証(?:情報|キー|トークン)|비밀_?번호|비번|암호(?!화)|패스워드|비밀_?키|인증_?키|api_?키"
)
# only as what a name is about, its last word: not `token_count`, `secret_santa_wave`
_LAST = re.compile(
    r"(?:^|_)(?:tokens?|secrets?|auth|oauth|authorization|otp|pass)$|(?:トークン|シークレット|토큰|시크릿)$|"
    r"(?:^|_)(?:db|user|smtp|ftp|ssh|mail|proxy|admin|root|login|sql|mysql|pg)pass$"
)
# a `pass` of these is for a gate
_GATES = "boarding season day first second by travel museum rail ski bus city"
# what stands behind says which one it is, not that it is another thing
_WHICH = """
    db prod production dev test staging live new old current default value text string str header
    main primary own my
"""
# what stands behind makes it another thing: the number, the column, the question of it
_OF_IT = """
    count counts number column columns col field fields reset resets change changes policy length
    strength type kind age days hours expiry expires expired expiration required page wave waves
    segment segments question questions item items score scores rate share label labels name names
    hint file files path folder env variable event events step steps contact contacts ticket
    tickets issue issues problem problems topic topics manager min max attempts tries errors error
    recovery id ids uses used limit forgotten lost complaints
"""
_OF_IT_CJK = re.compile(
    r"^_?(?:再発行|再設定|変更|リセット|件数|数|率|列|忘れ|の|재설정|변경|분실|수|건수|열|찾기|문의)"
)
# what stands before makes it a question or a number
_WHETHER = """
    no has have had is are use uses used using with without n num number count max min column
    columns show ask asks asked per
"""
_STEPS = "forgot forgotten forget lost reset change changed"
_BETWEEN_WORDS = re.compile(
    r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[\u3040-\u9fff\uac00-\ud7af])(?=[A-Za-z])"
)


def looks_secret(name: str) -> bool:
    """Return whether a value of this name is a password or a key, in English, Japanese, Korean and
    the languages next to them.

    >>> [looks_secret(name) for name in ("smtpPassword", "api_key", "비밀번호")]
    [True, True, True]
    >>> [looks_secret(name) for name in ("token_count", "secret_santa_wave", "author", "passes")]
    [False, False, False, False]
    """
    plain = _snake(name)
    other, steps = _WHETHER.split(), _STEPS.split()
    for found in _ALWAYS.finditer(plain):
        before, behind = plain[: found.start()].split("_"), plain[found.end() :]
        of_it = set(_OF_IT.split()) & set(behind.split("_")) or _OF_IT_CJK.match(behind)
        if not of_it and not {*other, *steps} & set(before):
            return True
    words = plain.split("_")
    while len(words) > 1 and words[-1] in _WHICH.split():
        words.pop()
    about = _LAST.search("_".join(words))
    return bool(about and not {*other, *_GATES.split()} & set(words[:-1]))


def _snake(name: str) -> str:
    """Return a name in small words between hyphens below, `db_password` of `DBPassword2`."""
    words = unicodedata.normalize("NFKC", name)
    words = _BETWEEN_WORDS.sub("_", words).casefold()
    return re.sub(r"[\W_\d]+", "_", words).strip("_")
