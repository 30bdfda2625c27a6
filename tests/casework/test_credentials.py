"""Passwords and codes of a second factor."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.casework.credentials import (
    DRIFT_STEPS,
    STEP_SECONDS,
    is_right,
    new_password,
    new_secret,
    random_password,
    step_of_code,
)
from langnghe.casework.roles import Refused

NOW = datetime(2026, 11, 21, 1, 0, 7, tzinfo=UTC)
GOOD = "trâu vàng nhai miến"


@pytest.mark.parametrize("password", [GOOD, "mưa bay ốc", "hjkq-tzpw-mnb"])
def test_a_password_that_is_hard_to_guess_is_taken_and_recognised(password: str) -> None:
    kept = new_password(password, "lan", "Nguyễn Thị Lan")
    assert is_right(kept, password)
    assert not is_right(kept, password + "x")
    assert password not in kept


def test_a_password_that_the_command_prints_is_taken() -> None:
    password = random_password()
    assert is_right(new_password(password, "lan", "Nguyễn Thị Lan"), password)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "quá ngắn"),
        ("hjkq-tzpw-m", "quá ngắn"),
        ("mưa bay ố", "quá ngắn"),
        ("bò bò bò", "quá ngắn"),
        ("x q" * 43, "quá dài"),
        ("123456789012", "dễ đoán"),
        ("aaaaaaaaaaaa", "dễ đoán"),
        ("qwertyuiop12", "dễ đoán"),
        ("matkhau12345", "dễ đoán"),
        ("Vietnam@2026", "dễ đoán"),
        ("thuhuong12345", "dễ đoán"),
        ("Trần Thu Hương 2026", "dễ đoán"),
        ("tranthuhuong@26", "dễ đoán"),
        ("Mật khẩu 2026", "dễ đoán"),
    ],
)
def test_a_password_that_is_short_or_easily_guessed_is_refused(password: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        new_password(password, "thuhuong", "Trần Thu Hương")


def test_the_way_a_telephone_composes_letters_makes_no_difference() -> None:
    kept = new_password(unicodedata.normalize("NFD", GOOD))
    assert is_right(kept, unicodedata.normalize("NFC", GOOD))


@pytest.mark.parametrize("typed", ["", "\ud800", "x" * 200_000, "\x00", GOOD + "x" * 200])
def test_whatever_is_typed_is_just_wrong(typed: str) -> None:
    assert not is_right(new_password(GOOD), typed)
    assert not is_right(None, typed)


def test_what_stands_beyond_the_longest_password_is_not_cut_off() -> None:
    longest = (GOOD + " ") * 6 + "x" * 8
    assert len(longest) == 128
    kept = new_password(longest)
    assert is_right(kept, longest)
    assert not is_right(kept, longest + "x")


@given(st.integers(-3, 3), st.integers(0, STEP_SECONDS - 1))
def test_a_code_is_right_for_its_time_and_a_little_around_it(steps: int, second: int) -> None:
    secret = new_secret()
    base = int(NOW.timestamp()) // STEP_SECONDS * STEP_SECONDS
    at = datetime.fromtimestamp(base + second, UTC)
    code = pyotp.TOTP(secret).at(at + steps * timedelta(seconds=STEP_SECONDS))
    step = step_of_code(secret, f" {code[:3]} {code[3:]}", 0, at)
    if abs(steps) <= DRIFT_STEPS:
        assert step == base // STEP_SECONDS + steps
        assert step_of_code(secret, code, step, at) is None, "a code is used once"
        assert step_of_code(secret, code, step - 1, at) == step
    else:
        assert step is None


@pytest.mark.parametrize("typed", ["", "12345", "１２３４５６", "\ud800", "abcdef", "0" * 100_000])
def test_what_is_no_code_is_wrong(typed: str) -> None:
    assert step_of_code("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", typed, 0, NOW) is None
