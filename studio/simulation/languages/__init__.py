"""The words of simulated customers, one module a language: speech acts and how people put them.

- A phrase is written with alternatives, `[sorry|oops], it's {value}`; each way through it is one sentence.
- `{value}`, `{label}`, `{wish}`, `{first}` are places; a language is complete if it has every act.
- All phrases are our own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module

LANGUAGES: Mapping[str, str] = {"en": "english"}
"""The languages there are, with the module that holds each."""

_CHOICE = re.compile(r"\[([^\[\]]*)\]")


def spread(phrase: str) -> tuple[str, ...]:
    """Return every sentence that a phrase with alternatives stands for, in order."""
    found = _CHOICE.search(phrase)
    if found is None:
        return (phrase,)
    before, after = phrase[: found.start()], phrase[found.end() :]
    return tuple(before + each + rest for each in found[1].split("|") for rest in spread(after))


@lru_cache(maxsize=8)
def sentences(language: str = "en") -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return, for each speech act, its phrases as the sentences each stands for."""
    acts: Mapping[str, tuple[str, ...]] = import_module(f"{__name__}.{LANGUAGES[language]}").ACTS
    return {act: tuple(spread(phrase) for phrase in phrases) for act, phrases in acts.items()}
