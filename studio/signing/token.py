"""Security tokens: P-256 keys that never leave a smart card, a USB key or an HSM, by PKCS#11.

- A key is named `hsm:token=LABEL;serial=HEX;object=LABEL` (percent-encoded; label or serial may be absent).
- Which program library speaks to the token is said by the caller; none is searched for.
- The PIN is handed on once and kept nowhere. Signing happens in the token; SHA-256 is taken here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from studio.domain.errors import ProviderFailed, WrongUse
from studio.domain.key import SCHEME, TokenFound, TokenKey
from studio.release import keys

if TYPE_CHECKING:
    from types import ModuleType

P256 = bytes.fromhex("06082a8648ce3d030107")
"""The DER of the curve's name, 1.2.840.10045.3.1.7 (RFC 5480)."""


def parse(uri: str) -> TokenKey:
    """Return what a `hsm:` URI names; raises WrongUse."""
    parts = [part.partition("=") for part in uri.removeprefix(SCHEME).split(";") if part]
    names = [name for name, _, _ in parts]
    if set(names) - {"token", "serial", "object"} or len(set(names)) != len(names) or "object" not in names:
        raise WrongUse(f"“{uri}” does not name a key in a token.", "Write hsm:token=LABEL;object=KEY.")
    return TokenKey(**{name: unquote(value) for name, _, value in parts})


class TokenSigner:
    """A key in a token, open with the PIN for each signature; a `studio.ports.Signer`."""

    def __init__(self, module: str, key: TokenKey, pin: str) -> None:
        """Look for the key, and let the token check the PIN."""
        self._module, self._key, self._pin = module, key, pin
        with _session(module, key, pin) as (pkcs11, session):
            _private(pkcs11, session, key)
            self.public_pem = _public_pem(pkcs11, session, key)
        self.key_id = keys.key_id(self.public_pem)

    def sign(self, data: bytes) -> bytes:
        """Return the ECDSA signature with SHA-256, as DER, in its one spelling."""
        from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

        with _session(self._module, self._key, self._pin) as (pkcs11, session):
            private = _private(pkcs11, session, self._key)
            raw = private.sign(hashlib.sha256(data).digest(), mechanism=pkcs11.Mechanism.ECDSA)
        half = len(raw) // 2
        r, s = int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
        return keys.low_s(encode_dss_signature(r, s))


def tokens(module: str) -> tuple[TokenFound, ...]:
    """Return the tokens that are plugged in, with the keys they show; no PIN is needed."""
    pkcs11, library = _library(module)
    found = []
    with _said():
        for slot in library.get_slots(token_present=True):
            token = slot.get_token()
            if not token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED:
                continue
            with token.open() as session:
                shown = session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY})
                labels = sorted(each.label for each in shown if each.key_type == pkcs11.KeyType.EC)
            label, maker = token.label.strip(), token.manufacturer_id.strip()
            found.append(TokenFound(label=label, serial=_serial(token), maker=maker, keys=tuple(labels)))
    return tuple(found)


def public_of(module: str, key: TokenKey) -> str:
    """Return the public half (PEM) of a key in a token; no PIN is needed."""
    with _session(module, key, None) as (pkcs11, session):
        return _public_pem(pkcs11, session, key)


def make(module: str, key: TokenKey, pin: str) -> str:
    """Make a P-256 key in a token; return its public half (PEM). Raises WrongUse if the label is taken."""
    with _session(module, key, pin, writing=True) as (pkcs11, session):
        wanted = {pkcs11.Attribute.LABEL: key.object}
        if list(session.get_objects(wanted)):
            raise WrongUse(
                f"The token holds something called “{key.object}” already.",
                "Choose another name for the key.",
            )
        curve = session.create_domain_parameters(
            pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: P256}, local=True
        )
        private_only = {pkcs11.Attribute.EXTRACTABLE: False, pkcs11.Attribute.SENSITIVE: True}
        curve.generate_keypair(
            store=True,
            label=key.object,
            mechanism=pkcs11.Mechanism.EC_KEY_PAIR_GEN,
            private_template=private_only,
        )
        return _public_pem(pkcs11, session, key)


def _library(module: str) -> tuple[ModuleType, Any]:
    try:
        import pkcs11
    except ImportError:
        raise ProviderFailed(
            "The part that speaks to security tokens is not installed.",
            "Install it: pip install 'cobuilder-studio[hardware]'.",
        ) from None
    if not module:
        raise WrongUse(
            "Which program library speaks to the token is not said.",
            "Name it in Settings under “Token library”, or with --module FILE; your token's maker says which "
            "file it is.",
        )
    try:
        return pkcs11, pkcs11.lib(module)
    except (pkcs11.PKCS11Error, RuntimeError):
        raise ProviderFailed(
            f"{module} is not a library that speaks to a token.", "Check the path with your token's maker."
        ) from None


@contextmanager
def _session(
    module: str, key: TokenKey, pin: str | None, writing: bool = False
) -> Iterator[tuple[ModuleType, Any]]:
    """Open the one token that the key names; raises WrongUse or ProviderFailed with a sentence."""
    pkcs11, library = _library(module)
    with _said():
        fitting = [
            token
            for token in (slot.get_token() for slot in library.get_slots(token_present=True))
            if token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED
            and (not key.token or token.label.strip() == key.token)
            and (not key.serial or _serial(token) == key.serial)
        ]
        if len(fitting) != 1:
            named = key.token or key.serial or "any name"
            what = f"No token called “{named}” is plugged in." if not fitting else "Several tokens fit."
            todo = "Look which tokens are plugged in, and name one by label or serial number."
            raise WrongUse(what, todo)
        with fitting[0].open(rw=writing, user_pin=pin) as session:
            yield pkcs11, session


@contextmanager
def _said() -> Iterator[None]:
    """Turn what a token says into a sentence."""
    import pkcs11

    try:
        yield
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.ArgumentsBad):
        raise WrongUse(
            "The token did not accept the PIN.", "Try again; it locks after a few wrong ones."
        ) from None
    except pkcs11.PinLocked:
        raise WrongUse(
            "The token is locked after too many wrong PINs.", "Unlock it with the tool of its maker."
        ) from None
    except (pkcs11.DeviceRemoved, pkcs11.TokenNotPresent, pkcs11.SessionHandleInvalid):
        raise ProviderFailed("The token was pulled out.", "Plug it in again, then try again.") from None
    except pkcs11.PKCS11Error as error:
        raise ProviderFailed(
            f"The token did not answer, as if it was pulled out ({type(error).__name__}).",
            "Plug it in again, then try again.",
        ) from None


def _serial(token: Any) -> str:
    raw = token.serial
    return (raw.decode("ascii", "replace") if isinstance(raw, bytes) else str(raw)).strip()


def _one(pkcs11: ModuleType, session: Any, key: TokenKey, kind: Any) -> Any:
    wanted = {pkcs11.Attribute.CLASS: kind, pkcs11.Attribute.LABEL: key.object}
    found = [each for each in session.get_objects(wanted) if each.key_type == pkcs11.KeyType.EC]
    if len(found) != 1:
        many = "no" if not found else "more than one"
        raise WrongUse(
            f"The token holds {many} P-256 key called “{key.object}”.",
            "Look which keys it shows, and name one of them.",
        )
    return found[0]


def _private(pkcs11: ModuleType, session: Any, key: TokenKey) -> Any:
    return _one(pkcs11, session, key, pkcs11.ObjectClass.PRIVATE_KEY)


def _public_pem(pkcs11: ModuleType, session: Any, key: TokenKey) -> str:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = _one(pkcs11, session, key, pkcs11.ObjectClass.PUBLIC_KEY)
    if bytes(public[pkcs11.Attribute.EC_PARAMS]) != P256:
        raise WrongUse(f"The key “{key.object}” in the token is not on P-256.", "Make a P-256 key there.")
    point = bytes(public[pkcs11.Attribute.EC_POINT])
    # PKCS#11 says a DER octet string; some tokens hand out the bare point.
    bare = point[2:] if len(point) == 67 and point[:2] == b"\x04\x41" else point
    try:
        made = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), bare)
    except ValueError:
        raise ProviderFailed(
            f"The token's public half of “{key.object}” cannot be read.", "Make a new key in the token."
        ) from None
    return made.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
