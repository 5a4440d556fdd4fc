"""What keys say of themselves to IT: that their owner holds them, that a new one follows, that they end.

- Each is one DSSE envelope (`dsse`) with a payload type of its own, so that none can pass for an approval.
- A statement proves that whoever made it held the private key; *who* that is, IT finds out by having the
  fingerprint read to them.
- One that another tool signed counts in either spelling of its signature (`dsse.admit`).
- A replacement is signed by the old key and holds the new key's own possession, signed by the new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from studio.domain.environment import TrustedKey
from studio.domain.errors import BrokenInput, Refused, WrongUse
from studio.domain.frozen import canonical, to_json
from studio.domain.key import CheckedStatement, Possession, Replacement, Revocation
from studio.ports import Signer
from studio.release import dsse, keys, strict_json

PAYLOAD_TYPE = "application/vnd.cobuilder-studio.key-statement+json"
VALID_FOR, OVERLAP = timedelta(days=365), timedelta(days=14)
WHAT = "The key statement"
Said = TypeVar("Said", Possession, Replacement, Revocation)

_KINDS: dict[str, type[Possession] | type[Replacement] | type[Revocation]] = {
    "possession": Possession,
    "replacement": Replacement,
    "revocation": Revocation,
}


def possession(signer: Signer, name: str, person: str, code: str, now: datetime) -> bytes:
    """Return a key's own word that its owner holds it; `code` is what IT asked to be repeated."""
    facts = {"name": name, "person": person, "public_pem": signer.public_pem, "code": code, "made_at": now}
    return _seal(signer, _made(Possession, facts))


def replacement(old: Signer, new: Signer, new_name: str, person: str, now: datetime) -> bytes:
    """Return the old key's word that the new one takes its place."""
    inner = possession(new, new_name, person, "", now).decode()
    facts = {"person": person, "old_public_pem": old.public_pem, "new_possession": inner, "made_at": now}
    return _seal(old, _made(Replacement, facts))


def revocation(signer: Signer, person: str, reason: str, now: datetime) -> bytes:
    """Return a key's own word that it must no longer count."""
    facts = {"person": person, "public_pem": signer.public_pem, "reason": reason, "made_at": now}
    return _seal(signer, _made(Revocation, facts))


def check_statement(data: bytes, code: str = "", what: str = WHAT) -> CheckedStatement:
    """Return what a statement says once its signatures hold; raises BrokenInput or Refused.

    With a `code`, a possession counts only if it repeats it: then it was made after IT asked.
    """
    said = _opened(data, what)
    if isinstance(said, Replacement):
        inner = _opened(said.new_possession.encode(), f"{what} (its new key)")
        if not isinstance(inner, Possession) or inner.person != said.person:
            raise Refused(f"{what} names a new key that does not speak for the same person.", "Ask again.")
        old = keys.key_id(said.old_public_pem)
        found = _checked(inner, "replacement")
        if found.key_id == old:
            raise Refused(f"{what} replaces a key by itself.", "Ask for a new key.")
        return found.model_copy(update={"old_key_id": old, "old_fingerprint": keys.fingerprint(old)})
    if isinstance(said, Possession) and code and said.code != code:
        raise Refused(
            f"{what} repeats another code than “{code}”, so it may be an old one.",
            "Ask its owner for `cobuilder key challenge NAME --code CODE`.",
        )
    return _checked(said, said.kind)


def policy_line(statement: CheckedStatement, now: datetime) -> str:
    """Return what IT's policy needs, ready to be written there: the key's entry, or the mark to set."""
    if statement.kind == "revocation":
        return f'"revoked_at": "{statement.made_at:%Y-%m-%dT%H:%M:%SZ}"'
    return canonical(entry(statement, statement.person, now)).decode()


def entry(statement: CheckedStatement, person: str, now: datetime) -> TrustedKey:
    """Return the entry of a policy for the key of a statement, valid for a year from now."""
    return TrustedKey(
        person=person, public_pem=statement.public_pem, valid_from=now, valid_until=now + VALID_FOR
    )


def _made(model: type[Said], facts: Mapping[str, object]) -> Said:
    """Return a statement of these facts; raises WrongUse for words that none can hold."""
    try:
        return model.model_validate(facts)
    except ValidationError as error:
        first = error.errors()[0]
        how = "is empty" if not first["input"] else "is too long or holds signs that cannot stand there"
        raise WrongUse(f"What was given as {first['loc'][0]} {how}.", "Give another one.") from None


def _seal(signer: Signer, said: Possession | Replacement | Revocation) -> bytes:
    payload = canonical(said)
    signature = signer.sign(dsse.pae(PAYLOAD_TYPE, payload))
    return dsse.seal(payload, signer.key_id, signature, PAYLOAD_TYPE)


def _opened(data: bytes, what: str) -> Possession | Replacement | Revocation:
    """Return what an envelope says, once the key that it speaks of has signed it."""
    envelope = dsse.open_envelope(dsse.admit(data, what), what, PAYLOAD_TYPE)
    tree = strict_json.parse_canonical(envelope.payload, what)
    model = _KINDS.get(str(tree.get("kind")) if isinstance(tree, dict) else "")
    if model is None:
        raise BrokenInput(f"{what} is of no known kind.", "Ask its owner for a fresh one.")
    try:
        said: Possession | Replacement | Revocation = TypeAdapter(model).validate_json(envelope.payload)
    except ValidationError:
        raise BrokenInput(
            f"{what} does not have the form it must have.", "Ask its owner for a fresh one."
        ) from None
    if canonical(to_json(said)) != envelope.payload:
        raise BrokenInput(f"{what} is written in an unusual form.", "Ask its owner for a fresh one.")
    pem = said.old_public_pem if isinstance(said, Replacement) else said.public_pem
    message = dsse.pae(PAYLOAD_TYPE, envelope.payload)
    if envelope.key_id != keys.key_id(pem) or not keys.verify(pem, envelope.signature, message):
        raise Refused(
            f"{what} is not signed by the key it speaks of: whoever made it does not hold that key.",
            "Do not take it; call its owner.",
        )
    return said


def _checked(said: Possession | Revocation, kind: str) -> CheckedStatement:
    identity = keys.key_id(said.public_pem)
    return CheckedStatement.model_validate(
        {
            "kind": kind,
            "person": said.person,
            "name": said.name if isinstance(said, Possession) else "",
            "key_id": identity,
            "fingerprint": keys.fingerprint(identity),
            "public_pem": said.public_pem,
            "code": said.code if isinstance(said, Possession) else "",
            "reason": said.reason if isinstance(said, Revocation) else "",
            "made_at": said.made_at,
        }
    )
