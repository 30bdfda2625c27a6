"""Keyed ids: the same thing always gets the same id, and nobody without the key can guess it.

A post must be recognised when it is read again, but its native address (the permalink of a
private person's comment) must not be kept, nor be found by hashing guesses. So an id is a
keyed BLAKE2b digest (RFC 7693), and the key lives in the home directory, readable by its
owner alone.
"""

from __future__ import annotations

import os
import secrets
from hashlib import blake2b
from pathlib import Path

from langnghe.core.errors import NotReadyError

KEY_BYTES = 32
ID_BYTES = 16


class KeyedIds:
    """Makes ids out of native addresses with one home's key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"an id key has {KEY_BYTES} bytes, this one has {len(key)}")
        self._key = key

    @classmethod
    def load_or_create(cls, path: Path) -> KeyedIds:
        """Read the key from `path`, or make one there with mode 600.

        Raises:
            NotReadyError: the file is there but holds no key (restore it from a backup: with a
                new key every post already stored would be taken for a new one).
        """
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            try:
                return cls(bytes.fromhex(path.read_text(encoding="ascii").strip()))
            except ValueError as error:
                raise NotReadyError(
                    f"{path}: không phải khóa ({error}); hãy khôi phục tệp này từ bản sao lưu"
                ) from None
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            key = secrets.token_bytes(KEY_BYTES)
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        return cls(key)

    def of(self, kind: str, *parts: str) -> str:
        """The id (32 hexadecimal digits) of a thing of this `kind` with these native parts."""
        digest = blake2b(key=self._key, digest_size=ID_BYTES)
        for part in (kind, *parts):
            raw = part.encode("utf-8", "surrogatepass")
            # The length goes first, so that ("ab", "c") and ("a", "bc") differ.
            digest.update(len(raw).to_bytes(8, "big"))
            digest.update(raw)
        return digest.hexdigest()
