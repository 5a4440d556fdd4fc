"""What a rule formally demands, in words: offered to be confirmed; once confirmed, where it is proved."""

from __future__ import annotations

from collections.abc import Callable, Collection

from studio.desktop.panels.finding_card import ProvedCard
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.domain.check import CheckResult


class OfferedReading(Card):
    """How the rule is read, to be confirmed by who knows what it means."""

    def __init__(self, words: str, yes: Callable[[], object], no: Callable[[], object]) -> None:
        super().__init__("Read it as …")
        self.say(f"“{words}”")
        self.say("If that is what it means, it is checked on every path of every workflow.", muted=True)
        self.add(Button("Yes, check this on every path", yes, kind="primary"))
        self.add(Button("Not what it means", no))


class ConfirmedReading(Card):
    """What is checked on every path, and how each workflow keeps it."""

    def __init__(self, words: str, results: Collection[CheckResult], no: Callable[[], object]) -> None:
        broken = any(each.status == "broken" for each in results)
        unsure = any(each.status == "warning" for each in results)
        super().__init__("Checked on every path", "bad" if broken else "warn" if unsure else "")
        self.say(f"“{words}”")
        for each in results:
            if each.status == "holds":
                self.add(ProvedCard(each))
        if broken or unsure:
            tone: Tone = "bad" if broken else "warn"
            told = "It is broken; see below how." if broken else "It may be broken; see below how."
            self.add(label(told, "", tone, wrap=True))
        if not results:
            self.say("No workflow does what it is about, or it is still being checked.", muted=True)
        self.add(Button("Not what it means", no, name="It is not what the rule means: check it no longer"))
