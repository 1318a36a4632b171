"""A name says whether what goes by it is a password: the head of the word decides."""

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.parameters import meanings
from cxlib.secret_names import looks_secret
from tests.test_architecture import STUDIES

_SECRET = """
    password passwd pwd passphrase passcode token secret secrets api_key apikey API_KEY apiKey
    APIKey api-key access_key accessKey AWS_SECRET_ACCESS_KEY private_key privateKeyPem
    credential credentials auth basic_auth authorization auth_header oauth_token
    connection_string connectionString conn_str db_password DB_PASSWORD DBPassword smtpPassword
    smtp_pwd dbpwd dbpassword password_db passwordProd password2 pass_word new_password
    access_token accessToken accesstoken refreshToken session_token client_secret clientSecret
    sharedSecret encryption_key ssh_key account_key db_pass dbpass smtpPass bearer jwt otp
    passwort senha contraseña пароль 密码 パスワード DBパスワード パスワード2 暗証 暗証番号
    秘密鍵 APIキー トークン 비밀번호 DB비밀번호 비밀번호_DB 암호 패스워드 토큰 인증키
    ＰＡＳＳＷＯＲＤ password_text token_prod secret_value my.password
"""
_HARMLESS = """
    token_count tokens_used max_tokens secret_santa_wave secret_shopper secretary passes passed
    passing compass author authors authority authored_at auth_type authenticity passport
    pass_rate bypass password_resets password_reset_wave password_length password_column
    forgot_password reset_password has_password no_password passwordless_share key customer_key
    primary_key key_column monkey journey turkey keyword api_keyword wave survey score segment
    where respondent_id accessibility credentialing connection connections private public
    boarding_pass token_id secret_name n_token パスワード再発行 パスワードの問い合わせ 暗号化
    암호화 비밀번호재설정 비밀번호_변경 トークン数 desenhar
"""


@pytest.mark.parametrize("name", _SECRET.split())
def test_a_name_of_a_password_or_key(name):
    assert looks_secret(name)


@pytest.mark.parametrize("name", _HARMLESS.split())
def test_a_name_that_only_sounds_so(name):
    assert not looks_secret(name)


@given(
    st.sampled_from(["db", "smtp", "warehouse", "customer", "x", "東京"]),
    st.sampled_from(["password", "api_key", "passphrase", "credentials", "token", "client_secret"]),
    st.sampled_from(["", "_2", "_prod", "_test", "_old"]),
    st.booleans(),
)
def test_what_stands_around_it_and_how_it_is_written_do_not_matter(before, word, behind, capital):
    name = f"{before}_{word}{behind}"
    first, *others = name.split("_")
    assert looks_secret(name)
    assert looks_secret(name.upper())
    assert looks_secret(first + "".join(map(str.capitalize, others)))
    assert looks_secret(name.replace("_", "-" if capital else " "))


@pytest.mark.parametrize("study", sorted(STUDIES))
def test_no_parameter_of_a_study_sounds_like_one(study):
    model = importlib.import_module(f"cxlib.{study}.parameters").Parameters
    assert not [name for name in meanings(model) if looks_secret(name)]
