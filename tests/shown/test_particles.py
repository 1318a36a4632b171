"""Korean particles follow the sound before them, whatever stands there."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxlib.errors import ParameterError
from cxlib.shown import language
from cxlib.shown.particles import Sound, attach, sound_of, split
from tests.hostile import PAYLOADS

C, L, V, UNKNOWN = Sound.CONSONANT, Sound.RIEUL, Sound.VOWEL, None

# by hand, as each is read: "서울" 서울, "2025Q3" … 삼, "NPS" 엔피에스
PAIRS = """\
서울 으로 서울로|부산 은 부산은|제주 이 제주가|모바일 을 모바일을|앱 으로 앱으로
웹사이트 과 웹사이트와|매장 이 매장이|전화 으로 전화로|이메일 으로 이메일로
배송_지연 을 배송_지연을|2025Q1 은 2025Q1은|2025Q2 으로 2025Q2로|2025Q3 으로 2025Q3으로
2025Q4 과 2025Q4와|3분기 은 3분기는|10 이 10이|0 은 0은|100 을 100을|1,000 으로 1,000으로
10,000 이 10,000이|−31.2 으로 −31.2로|4.6 은 4.6은|12.8 으로 12.8로|3.10 이 3.10이
128 을 128을|45.6% 이 45.6%가|5.2%p 을 5.2%p를|12개월 으로 12개월로|128명 은 128명은
−14.4점 으로 −14.4점으로|NPS 은 NPS는|CSAT 을 CSAT를|HTML 으로 HTML로|PDM 이 PDM이
VPN 을 VPN을|p값 이 p값이|도쿄(東京) 은 도쿄(東京)는|‘서울’ 과 ‘서울’과|さくら 이 さくら가
キッチン 은 キッチン은"""

# names of every kind, by how they end when a Korean reads them aloud
NAMES = {
    C: """\
부산|인천|대전|강남|앱|매장|상담|온라인 쇼핑|배송 지연|고객센터 직원|기타 사항|값|닭|흙|삶
여덟|꽃|밖|옷|부엌|1회 이상|10|20|100|1,000|2020|10,000|100,000|1,000,000|100,000,000|0|00
3|6|13|2026|3.10|0.3|4.6|0.0|−10|+30|Q3|2025Q3|v2.0|H6|P3|128명|7건|−14.4점|5년|10원|₩1,000
₩ 500|¥300|￥300|12시간|30분|1,500 원|3M|10kg|5 g|30 min|PDM|VPN|CRM|SCM|LAN|M|N|n|Amazon
Instagram|team|phone|home|Samsung|shopping|plan|Online|design|iPhone|キッチン|さくらん
プラン|ﾌﾟﾗﾝ|もっ|ニッ|부산(釜山)|“부산”|‘앱’|「매장」|(부산)|부산.|부산!|부산?)
부산 (2호점) [본점]|１０|Ｎ|₩1,500.50""",
    L: """\
서울|모바일|이메일|채널|호텔|물|말|개월|할인율|지하철|일|2025Q1|1|7|8|11|128|12.8|−0.1|3.07
Q1|1개월|12개월|27일|5‰|HTML|URL|XL|L|l|email|mobile|Google|Apple|file|Excel|style|table
Seoul|서울(Seoul)|‘서울’|"서울"|서울…|[서울]|App Store 서울|100px|SQL""",
    V: """\
제주|전주|경기|웹사이트|전화|고객 문의 2|가나다라마바사|문의 전화|결제 오류|회차|3분기|커피|2|4|5
9|12|2024|2025|1,999|45.5|0.9|−2|Q2|2025Q2|2025Q4|A2|45.6%|100%|100 %|5.2%p|5.2%P|20℃|20°
20°C|18+|∞|−∞|1,000,000,000,000|10조 2|$10|€10|$1,000.50|NPS|CSAT|A|B|C|E|S|T|X|Z|w
NPS (점수)|A/S|R&D|U.S.|VIP|AI|IT|API|KPI|CEO|TV|5G|4K|SNS|SMS|CES|10GB|5km|3 cm|20 ms|10L
Tokyo|Nagoya|Kobe Toyo|Windows New|eBay|LINE Pay|Naver Play|menu|wifi|Delivery|さくら
カタカナ|サーバー|ｶﾅ|とうきょう|12개|7주|2배|3초|1위|–|Café B""",
    UNKNOWN: """\
R|PR|HR|r|東京|大阪|顧客|2026年|서울 東京|東京(サービス)|😊|서울 😊|👩‍🚀|★|서울★|#|C#|a@|?
…|()|( )|''|"|‘’| |   |\u200b|\u200e|-|_|.|Slack|Facebook|App|web|Twitter|customer|Test
Café|naïve|résumé|score|nps|eNPS|Anne|anime|Chile|II|III|IV|XIV|Ⅳ|WEB|APP|SHOP|INTERNET
PARIS|2026-07-01|2026-07-02|2026/07|2026-08|2026. 7. 2.|9:05|19:30|1/2|7/1/2026
100000000000000000000|1st|10x|3배²|x²|שלום|مرحبا|Привет|ไทย|Ελλάδα|customer’s|ㅋㅋ|ㄱ
\U00020000|10²""",
}
CASES = [
    (name, sound)
    for sound, names in NAMES.items()
    for line in names.split("\n")
    for name in line.split("|")
]


def test_there_are_two_hundred_names_and_forty_pairs():
    assert len({name for name, _ in CASES}) >= 200
    assert len(PAIRS.replace("\n", "|").split("|")) == 40


@pytest.mark.parametrize("pair", PAIRS.replace("\n", "|").split("|"))
def test_pairs_that_koreans_write(pair):
    before, particle, wanted = (part.replace("_", " ") for part in pair.split(" "))
    assert attach(before, particle) == wanted


def test_names_of_every_kind():
    heard = {name: sound_of(name) for name, _ in CASES}
    assert heard == dict(CASES)


@pytest.mark.parametrize(
    ("particle", "after"),
    [
        ("은", ("은", "은", "는")),
        ("이", ("이", "이", "가")),
        ("을", ("을", "을", "를")),
        ("과", ("과", "과", "와")),
        ("으로", ("으로", "로", "로")),
        ("으로는", ("으로는", "로는", "로는")),
        ("이라는", ("이라는", "이라는", "라는")),
        ("이며", ("이며", "이며", "며")),
        ("이고", ("이고", "이고", "고")),
        ("이나", ("이나", "이나", "나")),
    ],
)
def test_each_particle_after_each_sound(particle, after):
    assert tuple(attach(name, particle) for name in ("앱", "서울", "제주")) == tuple(
        name + form for name, form in zip(("앱", "서울", "제주"), after, strict=True)
    )
    assert tuple(attach("東京", noun + particle) for noun in ("앱", "채널", "회차")) == tuple(
        f"東京 {noun}{form}" for noun, form in zip(("앱", "채널", "회차"), after, strict=True)
    )


@given(st.text(min_size=1), st.sampled_from(["은", "그룹은", "으로", "부문으로"]))
@example("e\u0301", "은")
@example("((((", "은")
def test_nothing_is_lost_and_no_form_stands_for_two(written, suffix):
    said = attach(written, suffix)
    assert said.startswith(written)
    assert "(는)" not in said.removeprefix(written)
    noun, particle = split(suffix)
    rest = said.removeprefix(written)
    assert rest in {particle, "는", "로"} or rest.startswith(f" {noun}")


@given(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3))
def test_syllables_sound_the_same_however_they_are_encoded(syllable):
    apart = unicodedata.normalize("NFD", syllable)
    final = len(apart) > 2
    assert sound_of(apart) is sound_of(syllable)
    assert (sound_of(syllable) is V) == (not final)
    assert (sound_of(syllable) is L) == (apart[-1] == "ᆯ" and final)


@given(st.integers(-(10**11), 10**11))
def test_numbers_sound_as_their_last_word(n):
    """By writing them out: 12,340 is 만 이천삼백사십."""
    names = "영일이삼사오육칠팔구"
    digits = str(abs(n))
    zeros = len(digits) - len(digits.rstrip("0")) if n else 0
    power = ["", "십", "백", "천"][zeros % 4] or {1: "만", 2: "억"}.get(zeros // 4, "")
    last = power if zeros else names[int(digits[-1])]
    assert sound_of(language.write(n, "integer")) is sound_of(last)


@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_names_stay_inert(name):
    written = language.write(PAYLOADS[name], "quoted", "ko")
    assert attach(written, "그룹은").startswith(written)


def test_a_suffix_without_a_particle_is_refused():
    with pytest.raises(ParameterError, match=r"'\+그룹는' ends in no particle"):
        split("그룹는")
