"""Masking: personal data becomes placeholders before text leaves, and is put back in what comes back.

- A placeholder is plain ASCII, as [EMAIL_1]: it survives a model and JSON. Within one request the same data
  has the same placeholder, in every message; between requests nothing is shared.
- A text that holds such words already never gets the same ones.
- In a JSON answer data is put back inside the strings, so that it stays JSON whatever the data holds.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass

from studio.domain.frozen import Json
from studio.domain.model import ModelPolicy, ModelRequest, Personal
from studio.llm.personal import personal

WORDS: dict[Personal, str] = {
    "e-mail address": "EMAIL",
    "phone number": "PHONE",
    "card number": "CARD",
    "bank account": "IBAN",
    "postal address": "ADDRESS",
    "account number": "ACCOUNT",
}
_PLACEHOLDER = re.compile(rf"\[({'|'.join(WORDS.values())})_(\d{{1,9}})\]")


@dataclass(frozen=True, slots=True)
class Masked:
    """A request without its personal data, and what stands for what."""

    request: ModelRequest
    originals: dict[str, str]

    def counts(self) -> Counter[Personal]:
        """Return how many different pieces of each kind were masked."""
        kinds = {word: kind for kind, word in WORDS.items()}
        return Counter(kinds[name.strip("[]").rpartition("_")[0]] for name in self.originals)

    def put_back(self, text: str) -> str:
        """Return a reply's text with the personal data in it again."""
        if not self.originals:
            return text
        if self.request.answer_schema is None:
            return self._restored(text)
        try:
            value = json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            return self._restored(text)
        return json.dumps(self._in_json(value), ensure_ascii=False)

    def _restored(self, text: str) -> str:
        return _PLACEHOLDER.sub(lambda found: self.originals.get(found.group(), found.group()), text)

    def _in_json(self, value: Json) -> Json:
        if isinstance(value, str):
            return self._restored(value)
        if isinstance(value, list):
            return [self._in_json(item) for item in value]
        if isinstance(value, dict):
            return {self._restored(name): self._in_json(item) for name, item in value.items()}
        return value


def mask(request: ModelRequest, policy: ModelPolicy) -> Masked:
    """Return the request as it may leave, with the way back."""
    taken = max((int(n) for m in request.messages for _, n in _PLACEHOLDER.findall(m.text)), default=0)
    names: dict[tuple[Personal, str], str] = {}
    messages = []
    for message in request.messages:
        parts, last = [], 0
        pieces = personal(message.text, policy.masked, policy.id_shapes)
        if not pieces:
            messages.append(message)
            continue
        for found in pieces:
            key = (found.kind, message.text[found.start : found.end])
            if key not in names:
                names[key] = f"[{WORDS[found.kind]}_{taken + len(names) + 1}]"
            parts += [message.text[last : found.start], names[key]]
            last = found.end
        text = "".join((*parts, message.text[last:]))
        messages.append(message.model_copy(update={"text": text}))
    if not names:
        return Masked(request, {})
    originals = {name: original for (_, original), name in names.items()}
    return Masked(request.model_copy(update={"messages": tuple(messages)}), originals)
