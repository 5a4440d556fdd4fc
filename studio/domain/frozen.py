"""The base of every domain type: immutable, strict about names, one canonical JSON form.

- Canonical JSON is RFC 8785 (rfc8785) of the dump without `None`; fingerprints are its SHA-256.
"""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar

import rfc8785
from pydantic import BaseModel, ConfigDict

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict of JSON values."""


class Frozen(BaseModel):
    """An immutable value with a canonical JSON form."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, ser_json_bytes="base64")


Model = TypeVar("Model", bound=Frozen)


def to_json(value: Frozen) -> dict[str, Json]:
    """Return the JSON tree of a value, without absent (None) members."""
    return value.model_dump(mode="json", exclude_none=True)


def canonical(value: Frozen | Json) -> bytes:
    """Return the RFC 8785 bytes of a value or JSON tree."""
    return rfc8785.dumps(to_json(value) if isinstance(value, Frozen) else value)


def digest(value: Frozen | Json | bytes) -> str:
    """Return the SHA-256, in hexadecimal, of bytes or of a value's canonical JSON."""
    data = value if isinstance(value, bytes) else canonical(value)
    return hashlib.sha256(data).hexdigest()
