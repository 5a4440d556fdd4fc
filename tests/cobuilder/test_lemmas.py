"""Base forms of words: read quickly, and the same as the library's own."""

from __future__ import annotations

import gzip
import subprocess
import sys

from studio.cobuilder.words.lemmas import _exceptions, _folder, all_lemmas


def test_every_answer_is_the_librarys_own() -> None:
    """Words of the tables, those with exceptions, and words that are none: the answers do not differ."""
    from lemminflect import getAllLemmas

    table = gzip.decompress((_folder() / "lemma_lu.csv.gz").read_bytes()).decode()
    words = [row.split(",")[0] for row in table.splitlines()][::23]
    lower = [word for word in words if word == word.lower()]
    assert len(lower) > 2000
    for word in [*lower, *_exceptions(), "refunds", "ought", "left", "qqq", "", "zzzzz", "a"]:
        assert all_lemmas(word) == getAllLemmas(word), word


def test_reading_a_word_does_not_start_the_library() -> None:
    """What takes half a second, and the numbers library with it, is not loaded to look a word up."""
    code = (
        "import sys; from studio.cobuilder.words.lexicon import is_verb; assert is_verb('amble');"
        "assert not is_verb('chair'); assert not {'lemminflect', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
