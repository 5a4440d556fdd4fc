"""The base forms of English words, from the tables that lemminflect brings, without starting lemminflect.

- Starting lemminflect takes half a second of work, for inflections nobody here asks for; these two tables
  are read in a few hundredths.
- The answers are those of `lemminflect.getAllLemmas`, which a test holds them to.
"""

from __future__ import annotations

import gzip
from bisect import bisect_left
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def _folder() -> Path:
    found = find_spec("lemminflect")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("lemminflect is not installed; install CoBuilder again.")
    return Path(found.origin).parent / "resources"


@cache
def _rows() -> list[str]:
    """Return the rows "word,category,lemma/lemma", sorted."""
    table = gzip.decompress((_folder() / "lemma_lu.csv.gz").read_bytes()).decode()
    return sorted(table.splitlines())


@cache
def _exceptions() -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in (_folder() / "lemma_overrides.csv").read_text(encoding="utf-8").splitlines():
        if row.strip() and not row.startswith("#"):
            word, part, lemma = row.strip().split(",")
            found.setdefault(word, {})[part] = (lemma,)
    return found


def all_lemmas(word: str) -> dict[str, tuple[str, ...]]:
    """Return the base forms of a word in lower case, by part of speech (“VERB”, “NOUN”, …), if known."""
    rows, found = _rows(), {}
    opening = f"{word},"
    at = bisect_left(rows, opening)
    while at < len(rows) and rows[at].startswith(opening):
        _, category, forms = rows[at].split(",")
        part = "AUX" if category == "modal" else category.upper()
        found[part] = tuple(form.lower() for form in forms.split("/"))
        at += 1
    exceptions = _exceptions().get(word, {})
    return found | {part: tuple(map(str.lower, forms)) for part, forms in exceptions.items()}
