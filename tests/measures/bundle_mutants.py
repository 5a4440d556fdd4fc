"""Mutants of a bundle on four levels: the container's bytes, JSON, base64, DSSE; each is to be refused.

- Seeded: the same seed gives the same mutants. A mutant that happens to be the bundle itself is left out.
- Above the container every mutant is packed again, and the manifest made to fit it, so that it gets as far in
  as an insider without keys would get.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from studio.domain.frozen import canonical, digest
from studio.release import container, layout

Mutant = tuple[str, bytes]
MANY = "9" * 400


def mutants(data: bytes, count: int, seed: int) -> Iterator[Mutant]:
    """Yield so many mutants of a bundle, level by level in turn."""
    chance = random.Random(seed)
    makers: list[tuple[str, Callable[[random.Random], bytes]]] = [
        ("container", lambda chance: _container(data, chance)),
        ("json", _Json(data)),
        ("base64", _Base64(data)),
        ("dsse", _Dsse(data)),
    ]
    made = 0
    while made < count:
        level, make = makers[made % len(makers)]
        mutant = make(chance)
        if mutant != data:
            made += 1
            yield level, mutant


def _container(data: bytes, chance: random.Random) -> bytes:
    """Return the bytes of an archive after one to four careless or clever edits."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed))
        if chance.random() < 0.5:  # headers and the directory are where tricks live
            marks = [changed.find(mark, at) for mark in (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06")]
            at = min((mark for mark in marks if mark >= 0), default=at) + chance.randrange(46)
        at = min(at, len(changed) - 1)
        length = chance.choice((1, 1, 2, 4, 8, 64))
        match chance.randrange(6):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at : at + length] = chance.randbytes(length)
            case 2:
                del changed[at : at + length]
            case 3:
                changed[at:at] = chance.randbytes(length)
            case 4:
                other = chance.randrange(len(changed))
                changed[at : at + length] = changed[other : other + length]
            case _:
                value = chance.choice((0, 1, 0xFFFF, 0xFFFFFFFF, 0x7FFFFFFF, len(data)))
                changed[at : at + 4] = value.to_bytes(4, "little")
    return bytes(changed)


class _Files:
    """A bundle taken apart, to be put together with one file changed."""

    def __init__(self, data: bytes) -> None:
        self.files = container.unpack(data)
        self.signed = layout.attestation_names(self.files)

    def with_file(self, name: str, content: bytes) -> bytes:
        """Return the bundle with this file, and a manifest that names it as it is now."""
        files = {**self.files, name: content}
        if name != layout.MANIFEST and name not in self.signed:
            manifest = json.loads(files[layout.MANIFEST])
            manifest["files"][name] = {"sha256": digest(content), "size": len(content)}
            for part, field in ((layout.BEFORE, "base_digest"), (layout.AFTER, "result_digest")):
                manifest[field] = digest(files[part])
            files[layout.MANIFEST] = canonical(manifest)
        return container.pack(files)


class _Json(_Files):
    """Values and spellings of a JSON file changed."""

    def __call__(self, chance: random.Random) -> bytes:
        """Return one mutant."""
        name = chance.choice(sorted(name for name in self.files if name.endswith(".json")))
        data = self.files[name]
        if chance.random() < 0.5:
            return self.with_file(name, _spelt(data, chance))
        tree = json.loads(data)
        _change(tree, chance)
        return self.with_file(name, _written(tree))


def _written(tree: Any) -> bytes:
    """Return a tree as RFC 8785 says it; what that cannot say, carelessly."""
    try:
        return canonical(tree)
    except (ValueError, TypeError, AssertionError):
        return json.dumps(tree).encode("utf-8", "surrogatepass")


SPELLINGS: tuple[tuple[bytes, bytes], ...] = (
    (b":", b": "), (b",", b",\n"), (b'"', b"'"), (b"{", b'{"x":1,'), (b"[", b"[0,"), (b"]", b",]"),
    (b"}", b",}"), (b":1", b":1.0"), (b":1", b":1e0"), (b":1", b":01"), (b":1", b":NaN"), (b":1", b":-0"),
    (b":1", b":" + MANY.encode()), (b":", b':"'), (b"a", b"\\u0061"), (b"a", b"\xff"), (b"a", b"\\ud800"),
    (b"a", b"\xc3\xa9"), (b"e", b"e\xcc\x81"), (b"true", b"1"), (b"false", b"null"),
    (b"{", b"\xef\xbb\xbf{"), (b"}", b"}\0"), (b"[", b"[" * 100),
)  # fmt: skip


def _spelt(data: bytes, chance: random.Random) -> bytes:
    """Return a file with one place spelt otherwise."""
    old, new = chance.choice(SPELLINGS)
    places = data.count(old)
    if not places:
        return data + chance.choice((b" ", b"\n", b"{}", b"\0"))
    at = -1
    for _ in range(chance.randrange(min(places, 200)) + 1):
        at = data.find(old, at + 1)
    return data[:at] + new + data[at + len(old) :]


def _change(tree: Any, chance: random.Random) -> None:
    """Change one value somewhere in a tree."""
    node: Any = tree
    parent: Any = None
    key: Any = None
    while isinstance(node, dict | list) and node and (parent is None or chance.random() < 0.85):
        parent = node
        key = chance.choice(sorted(node)) if isinstance(node, dict) else chance.randrange(len(node))
        node = node[key]
    if parent is None:
        return
    match chance.randrange(7):
        case 0:
            del parent[key]
        case 1:
            parent[key] = chance.choice((None, True, 0, -1, 2**60, 1.5, "", "x", [], {}, [[]], {"a": {}}))
        case 2 if isinstance(parent, dict):
            parent[f"{key}x"] = node
        case 3 if isinstance(parent, list):
            parent.append(node)
        case 4 if isinstance(parent, list):
            chance.shuffle(parent)
        case 5 if isinstance(node, int):
            parent[key] = node + chance.choice((-1, 1, 2**31))
        case _:
            parent[key] = f"{node} " if isinstance(node, str) else str(node)


class _Base64(_Files):
    """The base64 of an envelope spelt otherwise, with the same or other bytes behind it."""

    def __call__(self, chance: random.Random) -> bytes:
        """Return one mutant."""
        name = chance.choice(self.signed)
        tree = json.loads(self.files[name])
        holder, key = chance.choice(((tree, "payload"), (tree["signatures"][0], "sig")))
        text = holder[key]
        at = chance.randrange(len(text))
        raw = bytearray(base64.b64decode(text))
        match chance.randrange(9):
            case 0:
                text = text.replace("=", "") if "=" in text else f"{text}="
            case 1:
                text = f"{text[:at]}\n{text[at:]}"
            case 2:
                text = f"{text[:at]} {text[at:]}"
            case 3:
                text = text.replace("+", "-").replace("/", "_") + ("" if set(text) & set("+/") else "-")
            case 4:
                text = f"{text[:at]}{chance.choice('ABCabc019+/=')}{text[at + 1 :]}"
            case 5:
                text = text[:at]
            case 6:
                raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
                text = base64.b64encode(raw).decode()
            case 7:
                text = base64.b64encode(raw + b"\0").decode()
            case _:
                text = base64.b64encode(text.encode()).decode()
        holder[key] = text
        return self.with_file(name, canonical(tree))


class _Dsse(_Files):
    """Envelopes and statements changed as a whole: types, subjects, roles, signatures moved about."""

    def __call__(self, chance: random.Random) -> bytes:
        """Return one mutant."""
        name = chance.choice(self.signed)
        files = dict(self.files)
        match chance.randrange(5):
            case 0:
                del files[name]
            case 1:
                other = chance.choice(self.signed)
                files[name], files[other] = files[other], files[name]
                if other == name:
                    files[name] = files[name][: chance.randrange(len(files[name]))]
            case 2:
                number = len(self.signed) + chance.choice((1, 1, 2, 50))
                files[layout.attestation_name(min(number, 99), layout.attestation_role(name))] = files[name]
            case 3:
                tree = json.loads(files[name])
                _change(tree, chance)
                files[name] = _written(tree)
            case _:
                tree = json.loads(files[name])
                said = json.loads(base64.b64decode(tree["payload"]))
                _change(said, chance)
                payload = _written(said) if chance.random() < 0.7 else json.dumps(said).encode()
                tree["payload"] = base64.b64encode(payload).decode()
                files[name] = canonical(tree)
        return container.pack(files)
