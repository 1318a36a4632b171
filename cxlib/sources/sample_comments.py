"""Feelings -> short comments in the customer's language, from a bank written for this project."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxlib.sources.sample_model import NEUTRAL

LANGUAGES = ("ja", "ko", "en")
SAID, SAID_BY_STRENGTH, SECOND_SENTENCE = 0.20, 0.16, 0.22  # chance to say something, more per unit of distance from neutral
UNHAPPY_BELOW, HAPPY_FROM = -0.35, 0.75


def draw_comments(rng: np.random.Generator, feeling: NDArray, language: NDArray, *, price_rose: NDArray) -> list[str | None]:
    """Return one or two sentences for each feeling, or None.

    Parameters
    ----------
    feeling : ndarray of float, (n,)
    language : ndarray of int, (n,)
        Place in `LANGUAGES`.
    price_rose : ndarray of bool, (n,)
        Whether the comment is written after the price rise; only then may it speak of it.
    """
    n = feeling.size
    chance = SAID + SAID_BY_STRENGTH * np.minimum(np.abs(feeling - NEUTRAL), 2.5)
    said, second = rng.random(n) < chance, rng.random(n) < SECOND_SENTENCE
    mood = np.searchsorted((UNHAPPY_BELOW, HAPPY_FROM), feeling + 0.25 * rng.standard_normal(n))
    picks = rng.random((n, 2)).tolist()
    banks = (BANK_BEFORE, BANK)
    rows = zip(said, second, language.tolist(), mood.tolist(), price_rose.tolist(), picks, strict=True)
    return [_comment(banks[rose][LANGUAGES[place]][tone], pick, more=more, glue="" if place == 0 else " ") if speaks else None
            for speaks, more, place, tone, rose, pick in rows]


def _comment(bank: tuple[str, ...], pick: list[float], *, more: bool, glue: str) -> str:
    first = int(pick[0] * len(bank))
    if not more:
        return bank[first]
    other = (first + 1 + int(pick[1] * (len(bank) - 1))) % len(bank)  # never the same sentence twice
    return bank[first] + glue + bank[other]


Bank = dict[str, tuple[tuple[str, ...], ...]]


def _bank(*, price_rose: bool) -> Bank:
    """By language, the sentences of the unhappy, the indifferent and the happy."""
    return {language: tuple(tuple(line.removeprefix("* ") for line in block.strip().splitlines()
                                  if price_rose or not line.startswith("* ")) for block in blocks)
            for language, blocks in _TEXT.items()}


# A line that begins with * speaks of the price rise.
_TEXT = {
    "ja": (
        """
* 値上げの説明が足りず、納得できません。
解約の手続きがどこにあるのか分かりませんでした。
チャットが自動応答ばかりで、人につながりません。
配送の予定日が二回も変わりました。
問い合わせの返事が三日後でした。
同じ説明を担当者ごとに繰り返すことになりました。
電話が三十分つながらず、あきらめました。
届いた商品の箱がつぶれていました。
* 値段は上がったのに中身が減った気がします。
返品の送料がこちら負担なのは残念です。
アプリが更新のたびにログアウトされます。
ポイントの期限が急に切れていました。
家族の分をまとめて変更できず不便です。
領収書の宛名を直してもらえませんでした。
前は満足していましたが、最近は対応が雑です。
謝罪だけで、解決策の提案がありませんでした。
よくある質問を読んでも答えが見つかりません。
請求額が前の月と違う理由が分かりません。
* 学生にはこの値段はもう厳しいです。
次の更新でやめるつもりです。
電話の担当の方の言い方がきつく感じました。
注文を取り消したのに届きました。
在庫切れの連絡が遅すぎます。
ギフト包装を頼んだのに普通の袋でした。
問題を報告しましたが、その後連絡がありません。
お店で聞いた話とサイトの案内が違います。
""",
        """
ふつうに使えています。
特に不満はありませんが、特別よくもありません。
もう少し選べる商品が増えるとうれしいです。
配達の時間帯をもっと細かく選びたいです。
値段が今のままなら続けると思います。
アプリの文字がもう少し大きいと助かります。
まだ使い始めたばかりなので判断できません。
回答は丁寧でしたが、少し時間がかかりました。
メールの数を減らしてほしいです。
必要なときだけ使っています。
他社と大きな違いは感じません。
届くのは早いですが、箱が大きすぎます。
検索で目的の商品が見つけにくいことがあります。
季節の商品は気に入っています。
電話よりメールで済ませたいです。
月に一回では少し多いかもしれません。
支払い方法が増えるとよいと思います。
おすすめは家族の好みと合わないことがあります。
サポートは問題なく終わりました。
良い時と悪い時の差があります。
法人向けの明細がもう少し詳しいと助かります。
贈り物として使いましたが、相手の感想はまだ聞いていません。
休みの日も返事がもらえるとありがたいです。
可もなく不可もなくです。
プランの違いが少し分かりにくいです。
会員の特典をあまり使えていません。
""",
        """
いつも丁寧に対応していただき、ありがとうございます。
届くのが早くて助かっています。
店員さんが家族の名前まで覚えていてくれました。
困っていたところをすぐに解決してくれました。
品質が安定していて安心です。
アプリが分かりやすく、母も使えています。
友人にもすすめました。
手書きのカードが入っていて感動しました。
返品がとても簡単でした。
* 値上げの前に知らせてくれて誠実だと感じました。
電話の担当の方が最後まで付き合ってくれました。
忙しい月は一回休めるのが便利です。
仕事の備品をまとめて頼めるので楽になりました。
季節の詰め合わせを毎回楽しみにしています。
問い合わせた後に、その後の様子を聞いてくれました。
子どもが箱を開けるのを楽しみにしています。
領収書がすぐ出せるので経理が喜んでいます。
贈り物がとても喜ばれました。
これからも続けたいです。
説明が正直で信頼できます。
注文の変更に快く応じてもらえました。
家族プランにしてから無駄が減りました。
使い始めてから買い物の時間が半分になりました。
夜でもすぐに返事が来ました。
遅れたときの連絡が早く、安心できました。
友人の紹介で始めましたが、期待以上です。
""",
    ),
    "ko": (
        """
* 가격 인상에 대한 설명이 너무 부족했어요.
해지하는 방법을 찾기가 너무 어려웠습니다.
채팅이 자동 응답뿐이라 사람과 이야기할 수가 없어요.
배송일이 두 번이나 바뀌었습니다.
문의하고 사흘 뒤에야 답변을 받았어요.
상담원이 바뀔 때마다 같은 말을 반복해야 했습니다.
전화 연결이 30분 동안 안 됐어요.
상자가 찌그러진 채로 도착했습니다.
* 값은 올랐는데 구성은 줄어든 느낌이에요.
반품 배송비를 제가 내야 하는 게 아쉽습니다.
앱이 업데이트될 때마다 로그아웃돼요.
포인트가 안내도 없이 사라졌습니다.
가족 주문을 한꺼번에 바꿀 수 없어서 불편해요.
세금계산서를 수정해 달라고 했는데 안 됐습니다.
예전에는 좋았는데 요즘은 응대가 성의 없어요.
사과만 하고 해결책은 없었습니다.
자주 묻는 질문을 다 읽어도 답이 없어요.
이번 달 청구 금액이 왜 다른지 모르겠습니다.
* 학생에게는 이제 부담스러운 가격이에요.
다음 결제 전에 해지할 생각입니다.
상담원 말투가 차갑게 느껴졌어요.
취소한 주문이 그대로 배송됐습니다.
품절 안내가 너무 늦었어요.
선물 포장을 신청했는데 그냥 봉투에 왔습니다.
문제를 신고했는데 그 뒤로 연락이 없어요.
매장에서 들은 내용과 홈페이지 안내가 다릅니다.
""",
        """
그냥 무난하게 쓰고 있어요.
특별히 불만은 없지만 아주 좋지도 않습니다.
상품 종류가 조금 더 많으면 좋겠어요.
배송 시간을 더 자세히 고르고 싶습니다.
가격이 지금 그대로라면 계속 쓸 것 같아요.
앱 글씨가 조금 더 컸으면 합니다.
시작한 지 얼마 안 돼서 아직 잘 모르겠어요.
답변은 친절했지만 시간이 좀 걸렸습니다.
알림 메일을 줄여 주세요.
필요할 때만 이용합니다.
다른 곳과 큰 차이는 못 느끼겠어요.
배송은 빠른데 상자가 너무 큽니다.
원하는 상품을 찾기 어려울 때가 있어요.
계절 상품은 마음에 듭니다.
전화보다 문자로 처리하고 싶어요.
한 달에 한 번은 조금 많은 것 같습니다.
결제 방법이 더 다양하면 좋겠어요.
추천 상품이 우리 집 취향과 안 맞을 때가 있습니다.
상담은 문제없이 끝났어요.
좋을 때와 나쁠 때의 차이가 있습니다.
기업용 명세서가 더 자세하면 편하겠어요.
선물로 보냈는데 아직 반응은 못 들었습니다.
주말에도 답을 받을 수 있으면 좋겠어요.
그저 그렇습니다.
요금제 차이가 조금 헷갈려요.
회원 혜택을 거의 못 쓰고 있습니다.
""",
        """
항상 친절하게 도와주셔서 감사합니다.
배송이 빨라서 정말 편해요.
매장 직원분이 가족 이름까지 기억해 주셨어요.
문제를 바로 해결해 주셨습니다.
품질이 한결같아서 믿음이 갑니다.
앱이 쉬워서 어머니도 잘 쓰세요.
친구에게도 추천했어요.
손글씨 카드가 들어 있어서 감동했습니다.
반품이 정말 간단했어요.
* 가격이 오르기 전에 미리 알려 줘서 정직하다고 느꼈습니다.
전화 상담원이 끝까지 함께 확인해 주셨어요.
바쁜 달에는 한 번 쉴 수 있어서 좋습니다.
사무실 비품을 한 번에 주문하니 일이 줄었어요.
계절 꾸러미를 매번 기다리고 있습니다.
문의한 뒤에 잘 해결됐는지 다시 물어봐 주셨어요.
아이가 상자 여는 날을 기다려요.
영수증이 바로 나와서 경리팀이 좋아합니다.
선물 받은 분이 무척 기뻐하셨어요.
앞으로도 계속 이용할게요.
설명이 솔직해서 신뢰가 갑니다.
주문 변경을 흔쾌히 받아 주셨어요.
가족 요금제로 바꾸고 낭비가 줄었습니다.
장 보는 시간이 절반으로 줄었어요.
밤인데도 바로 답이 왔습니다.
늦어질 때 먼저 연락을 주셔서 안심했어요.
친구 소개로 시작했는데 기대 이상입니다.
""",
    ),
    "en": (
        """
* The price went up and nobody explained why.
I could not find where to cancel.
The chat kept giving me automatic answers, I never reached a person.
My delivery date was moved twice.
It took three days to get an answer.
I had to tell the same story to every agent.
I was on hold for half an hour and gave up.
The box arrived crushed.
* I pay more and get less than last year.
Paying for the return shipping left a bad taste.
The app logs me out after every update.
My points expired without any warning.
I cannot change the family's orders in one place.
They would not correct the name on my invoice.
It used to be good, lately nobody seems to care.
I got an apology but no solution.
The help pages never answer my question.
My bill was different this month and I don't know why.
* Too expensive for a student now.
I will probably quit before the next renewal.
The agent on the phone was short with me.
I cancelled the order and it came anyway.
Nobody told me it was out of stock until a week later.
I asked for gift wrap and it came in a plain bag.
I reported the problem and never heard back.
The store told me one thing and the website another.
""",
        """
It works fine.
No complaints, but nothing special either.
I would like a bit more to choose from.
Let me pick a narrower delivery window.
* I'll stay as long as the price doesn't change again.
Bigger text in the app would help.
I have only just started, so it's hard to say.
The answer was kind but a little slow.
Please send fewer e-mails.
I use it when I need it.
Not very different from the others.
Fast delivery, but the box is far too big.
Search doesn't always find what I'm looking for.
I do like the seasonal items.
I'd rather text than call.
Once a month is a little too often for me.
More ways to pay would be nice.
The suggestions don't fit my family's taste.
Support was okay.
Some months are great and some are not.
Our office needs a more detailed statement.
I sent it as a gift and haven't heard how it was.
An answer on weekends would be good.
It's all right.
I find the difference between the plans confusing.
I hardly use the member benefits.
""",
        """
Always friendly and helpful, thank you.
Delivery is fast and saves me a trip.
The people in the store remember my kids' names.
They fixed my problem right away.
The quality has been the same from the first box.
The app is so simple that my mother uses it.
I have already told two friends about it.
The handwritten card made my day.
Returning it was really easy.
* They told us about the price before it changed, which felt honest.
The woman on the phone stayed with me until it was solved.
I love that I can skip a busy month.
Ordering for the whole office takes ten minutes now.
I look forward to the seasonal box every time.
Somebody called back to ask if everything was fine.
My daughter can't wait to open the box.
Receipts are ready when our bookkeeper needs them.
It was the best gift I've given in years.
I plan to stay for a long time.
Honest answers, and I trust them.
They changed my order without any fuss.
Since we moved to the family plan we waste less.
It cut my shopping time in half.
I got an answer late at night within minutes.
It was late once, but they told me before I noticed.
A friend told me to try it and it's better than I hoped.
""",
    ),
}

BANK, BANK_BEFORE = _bank(price_rose=True), _bank(price_rose=False)
