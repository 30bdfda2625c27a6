"""What proves that somebody is who they say: passwords, and codes of a second factor.

Passwords are kept as argon2id hashes. How easily a new one is guessed is estimated by zxcvbn
(Wheeler 2016), which knows common passwords, keyboard rows, dates and repetitions.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from datetime import datetime
from functools import cache
from typing import Final, NewType

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from langnghe.casework.roles import Refused
from langnghe.core.text import fold

PasswordHash = NewType("PasswordHash", str)
"""An argon2id hash with its salt and parameters. Made by `new_password` alone, so that whoever
holds one knows that the password keeps the rule."""

FEWEST_CHARACTERS: Final = 12
FEWEST_WORDS: Final = 3
FEWEST_CHARACTERS_IN_WORDS: Final = 8
MOST_CHARACTERS: Final = 128
"""A longer one is no safer, and hashing has to end."""

LEAST_SCORE: Final = 3
"""zxcvbn's scale of 0 to 4; from 3 on, guessing takes more than 10⁸ tries."""

SCORED_CHARACTERS: Final = 40
"""Scoring takes time that grows faster than the length; 40 characters that are hard to guess do
not become easier by what follows."""

COMMON_HERE: Final = (
    *("matkhau", "mat khau", "anhyeuem", "emyeuanh", "vietnam", "viet nam", "xinchao", "hanoi"),
    *("ubnd", "ubndxa", "danguy", "canbo", "congan", "langnghe", "quantri", "abc"),
)
"""What is common in Viet Nam and at such a workplace, which zxcvbn's English lists lack."""

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""The least that OWASP's Password Storage Cheat Sheet allows (19 MiB, 2 passes): twenty people who
log in at once must not exhaust a small machine."""

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz"
"""Without i, l and o, which are mistaken for others when read out or copied by hand."""

STEP_SECONDS: Final = 30
"""A code's lifetime (RFC 6238)."""

DRIFT_STEPS: Final = 1
"""How far the clocks of telephone and server may differ (RFC 6238 §5.2)."""


def new_password(text: str, *own: str) -> PasswordHash:
    """Check a new password and hash it. Takes some 50 ms: call it outside transactions.

    Args:
        text: as typed.
        own: what others know of the account and would guess first: its name, the person's name.

    Raises:
        Refused: it is too short, too long or too easily guessed.
    """
    password = _normal(text)
    words = password.split()
    enough_words = (
        len({word.casefold() for word in words if len(word) > 1}) >= FEWEST_WORDS
        and len(password) >= FEWEST_CHARACTERS_IN_WORDS
    )
    if len(password) < FEWEST_CHARACTERS and not enough_words:
        raise Refused(
            f"Mật khẩu quá ngắn. Hãy đặt ít nhất {FEWEST_CHARACTERS} ký tự, hoặc ít nhất "
            f"{FEWEST_WORDS} từ khác nhau cách nhau bằng dấu cách."
        )
    if len(password) > MOST_CHARACTERS:
        raise Refused(f"Mật khẩu quá dài. Hãy đặt nhiều nhất {MOST_CHARACTERS} ký tự.")
    if _score(password, own) < LEAST_SCORE:
        raise Refused(
            "Mật khẩu này dễ đoán: nó giống tên tài khoản, một mật khẩu thông dụng, ngày tháng, "
            "hoặc lặp lại. Hãy chọn vài từ không liên quan đến nhau."
        )
    return PasswordHash(_HASHER.hash(_bytes(password)))


def is_right(kept: str | None, text: str) -> bool:
    """Whether `text` is the password whose hash is kept.

    Takes as long where nothing is kept (no such account), so that the time tells nothing.
    """
    decoy = _decoy()
    password = _normal(text)
    known = None if len(password) > MOST_CHARACTERS else kept
    try:
        _HASHER.verify(known or decoy, _bytes(password[:MOST_CHARACTERS]))
    except VerifyMismatchError:
        return False
    return known is not None


def random_password() -> str:
    """A first password to hand to somebody, easily read out: 72 bits in four groups."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def new_secret() -> str:
    """A secret of a second factor, in base32, to be typed into an authenticator app."""
    return pyotp.random_base32()


def step_of_code(secret: str, code: str, last_step: int, now: datetime) -> int | None:
    """The 30-second step whose code this is; None where it is not right or was used before.

    Args:
        secret: base32.
        code: as typed; spaces within are passed over.
        last_step: the step of the last code used; only a later one counts, so that a code that
            was looked at over somebody's shoulder is worth nothing (RFC 6238 §5.2).
        now: the present moment.
    """
    typed = _bytes("".join(code.split()))
    codes = pyotp.HOTP(secret)
    here = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1):
        if hmac.compare_digest(codes.at(step).encode(), typed) and step > last_step:
            found = step
    return found


def _score(password: str, own: tuple[str, ...]) -> int:
    from zxcvbn import zxcvbn  # half a second, for its word lists

    # Compared without diacritics: they are the first thing that somebody who guesses tries.
    known = [fold(text) for text in own]
    parts = [part for text in known for part in (text.replace(" ", ""), *text.split())]
    scored = zxcvbn(fold(password[:SCORED_CHARACTERS]), [*COMMON_HERE, *known, *parts])
    return int(scored["score"])


@cache
def _decoy() -> str:
    return _HASHER.hash(secrets.token_bytes())


def _normal(text: str) -> str:
    # Telephones send the same letters decomposed (RFC 8265 §4.2.2: NFC).
    return unicodedata.normalize("NFC", text)


def _bytes(text: str) -> bytes:
    # Half a surrogate pair, which a hostile browser can send, is a wrong password, no crash.
    return text.encode("utf-8", "surrogatepass")
