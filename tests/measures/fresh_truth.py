"""What a person named beforehand: for each value of the fresh documents, the places that have to follow it.

- `textual` are places of the live agent that say the fact in their own words or numbers; places that cite
  the sentence are found by the fingerprint chain, not listed. `either` may follow or stay: a test beside a
  limit that holds on both sides of the change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPELLED = {"two": 2.0, "three": 3.0, "six": 6.0, "eight": 8.0, "fourteen": 14.0, "two hundred": 200.0}
FRESH = ("car_hire", "fitness_club", "broadband")


@dataclass(frozen=True)
class Truth:
    """One value of one document, what it becomes, and what follows; paths are parted by spaces."""

    agent: str
    file: str
    old: str
    new: str
    textual: str = ""
    either: str = ""

    @property
    def name(self) -> str:
        """Return the change in a line."""
        return f"{self.agent} {self.file}: {self.old} → {self.new}"

    @property
    def number(self) -> float:
        """Return the number of the old value."""
        digits = re.search(r"\d+(?:\.\d+)?", self.old)
        return float(digits[0]) if digits else _SPELLED[self.old.rpartition(" ")[0]]


def _steps(flow: str, *names: str) -> str:
    return " ".join(f"workflows/{flow}/steps/{name}" for name in names)


_CAR, _CLUB, _NET = FRESH
_POLICY, _RULES, _PAY = "policy.md", "rules.md", "compensation.md"
_ROWS = "tables/pause-check/rows/"

TRUTHS = (
    Truth(_CAR, _POLICY, "48 hours", "72 hours", _steps("cancel", "in-time", "late") + " scenarios/T-03",
          "scenarios/T-04"),
    Truth(_CAR, _POLICY, "25%", "30%", _steps("cancel", "late")),
    Truth(_CAR, _POLICY, "£200", "£150", "charter/rules/R-01 scenarios/T-01", "scenarios/T-02"),
    Truth(_CAR, _POLICY, "5 working days", "7 working days",
          "charter/rules/R-02 " + _steps("cancel", "tell-arrival")),
    Truth(_CAR, _POLICY, "23 years", "25 years"),
    Truth(_CAR, _POLICY, "fourteen days", "ten days", "tools/extend_hire/limits"),
    Truth(_CAR, _POLICY, "£18", "£22"),
    Truth(_CAR, _POLICY, "26 years", "28 years"),
    Truth(_CAR, _POLICY, "£750", "£900"),
    Truth(_CAR, _POLICY, "24 hours", "36 hours"),
    Truth(_CAR, _POLICY, "10 days", "14 days"),
    Truth(_CAR, _POLICY, "1 March 2026", "1 May 2026"),
    Truth(_CLUB, _RULES, "six weeks", "eight weeks",
          f"{_ROWS}long {_ROWS}fine workflows/pause/slots/weeks scenarios/T-01 scenarios/T-02 "
          + _steps("pause", "no")),
    Truth(_CLUB, _RULES, "30 days", "45 days", _steps("leaving", "notice", "gone")),
    Truth(_CLUB, _RULES, "3 months", "4 months"),
    Truth(_CLUB, _RULES, "two hundred pounds", "one hundred and fifty pounds",
          "charter/rules/R-01 scenarios/T-05", "scenarios/T-06"),
    Truth(_CLUB, _RULES, "€40", "€60"),
    Truth(_CLUB, _RULES, "15 percent", "20 percent",
          "workflows/leaving/slots/stays " + _steps("leaving", "ask")),
    Truth(_CLUB, _RULES, "£12.50", "£15"),
    Truth(_CLUB, _RULES, "£90", "£120",
          f"{_ROWS}owes {_ROWS}fine scenarios/T-03 scenarios/T-04 " + _steps("pause", "check", "accounts")),
    Truth(_CLUB, _RULES, "£35", "£40", _steps("leaving", "notice")),
    Truth(_CLUB, _RULES, "three guests", "four guests"),
    Truth(_CLUB, _RULES, "16 years", "18 years"),
    Truth(_CLUB, _RULES, "30 September 2026", "15 October 2026"),
    Truth(_CLUB, "pausing.md", "£4", "£5", "charter/rules/R-02 " + _steps("pause", "tell-cost")),
    Truth(_CLUB, "pausing.md", "7 days", "10 days", _steps("pause", "done")),
    Truth(_NET, _PAY, "36 hours", "48 hours",
          "charter/rules/R-01 scenarios/T-01 scenarios/T-02 " + _steps("fault", "long")),
    Truth(_NET, _PAY, "£9.76", "£10.50", _steps("fault", "tell-day")),
    Truth(_NET, _PAY, "£120", "£100",
          "charter/rules/R-03 tools/pay_compensation/limits scenarios/T-05", "scenarios/T-06"),
    Truth(_NET, _PAY, "20%", "25%"),
    Truth(_NET, _PAY, "45 days", "60 days", _steps("fault", "done")),
    Truth(_NET, _PAY, "10 megabits", "12 megabits", _steps("fault", "slow") + " scenarios/T-03",
          "scenarios/T-04"),
    Truth(_NET, _PAY, "24 hours", "48 hours", "workflows/fault/slots/visit_date"),
    Truth(_NET, _PAY, "£65", "£80", "charter/rules/R-02 " + _steps("fault", "tell-missed")),
    Truth(_NET, _PAY, "eight weeks", "six weeks", _steps("fault", "person")),
    Truth(_NET, _PAY, "56 days", "42 days"),
    Truth(_NET, _PAY, "two visits", "three visits"),
    Truth(_NET, _PAY, "31 December 2026", "31 January 2027"),
    Truth(_NET, "fault_call.md", "30 days", "20 days", _steps("fault", "paid")),
    Truth(_NET, "fault_call.md", "2 times", "3 times", _steps("fault", "test")),
)  # fmt: skip
