"""Guard metrics: readings from outside, read strictly, and what they say about each guard.

- A measurement is Successful, Failed or Inconclusive, as in Argo Rollouts; a reading without a value, and a
  guard that is silent when a reading is due, are Inconclusive.
- A reading counts once, by its time, and only for the stage in which it was made.
- A feed is JSON or CSV; one that names a guard that the plan does not have is refused, because the one that
  was meant would be silent.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from studio.domain.environment import GuardMetric, Measured, Moment, Word
from studio.domain.errors import BrokenInput
from studio.domain.frozen import Frozen, Json
from studio.release import strict_json

MAX_FEED = 4 * 1024 * 1024
CLOCK_SKEW = timedelta(minutes=5)
PATIENCE = timedelta(hours=1)
"""How long a guard without an interval may go without a new reading."""

Result = Literal["Successful", "Failed", "Inconclusive"]
_COLUMNS = ("guard", "time", "candidate", "stable")


class Reading(Frozen):
    """One reading of a guard metric, of the new release and of the stable one; None where silent."""

    guard: Word
    time: Moment | None = None
    candidate: float | None = None
    stable: float | None = None


class Feed(Frozen):
    """Readings, and how many conversations the new release answered in all."""

    readings: tuple[Reading, ...] = ()
    conversations: Annotated[int, Field(ge=0)] | None = None


def read_feed(data: bytes, what: str) -> Feed:
    """Return the readings of a JSON or CSV feed; raises BrokenInput with a sentence.

    JSON: `{"conversations": 812, "readings": [{"guard": "csat", "time": "…Z", "candidate": 4.4}]}`.
    CSV: a header with `guard` and any of time, candidate, stable; the guard `conversations` is the count.
    """
    if len(data) > MAX_FEED:
        raise _broken(what, "is larger than 4 MB")
    tree = strict_json.parse(data, what) if data.lstrip()[:1] in (b"{", b"[") else _rows(data, what)
    try:
        return Feed.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        raise _broken(what, f"has a fault at “{place}”: {first['msg']}") from None


def check_feed(feed: Feed, guards: Iterable[GuardMetric], now: datetime) -> None:
    """Raise BrokenInput for a reading of an unknown guard, or one from the future."""
    known = [guard.id for guard in guards]
    for reading in feed.readings:
        if reading.guard not in known:
            names = ", ".join(known) or "none"
            raise BrokenInput(
                f"The metrics hold a reading of “{reading.guard}”, which the plan does not guard by.",
                f"The plan's guards are: {names}.",
            )
        if reading.time is not None and reading.time > now + CLOCK_SKEW:
            raise BrokenInput(
                f"The metrics hold a reading of {reading.guard} from the future "
                f"({reading.time:%Y-%m-%d %H:%M} UTC).",
                "Set the clock of the metrics right; nothing was counted.",
            )


def take(
    guard: GuardMetric, before: Measured, readings: Sequence[Reading], since: datetime, now: datetime
) -> Measured:
    """Return what is known of a guard after these readings; silence is counted when a reading is due."""
    told = before
    for time, reading in sorted(((r.time or now, r) for r in readings), key=lambda pair: pair[0]):
        if time < since or (told.at is not None and time < told.at + _apart(guard)):
            continue
        told = _counted(told, result(guard, reading), time)
    if told is before and now >= _due(guard, before, since):
        told = _counted(before, "Inconclusive", now)
    return told


def unheard(guard: GuardMetric, after: Measured, readings: Sequence[Reading], since: datetime) -> str:
    """Return why a guard stays silent though readings of it came, as a sentence; "" where it does not."""
    if not readings or after.successful or after.failed:
        return ""
    times = [each.time for each in readings if each.time is not None]
    if len(times) == len(readings) and max(times) < since:
        return (
            f"The newest reading of {guard.id} is of {max(times):%Y-%m-%d %H:%M:%S}, before this stage began "
            f"({since:%Y-%m-%d %H:%M:%S} UTC): only later ones count."
        )
    lacking = "candidate" if all(each.candidate is None for each in readings) else "stable"
    if lacking == "candidate" or (guard.against == "stable" and all(r.stable is None for r in readings)):
        whose = (
            "the new release" if lacking == "candidate" else "the stable release, with which it is compared"
        )
        return f"The readings of {guard.id} have no value “{lacking}”, that of {whose}."
    return ""


def result(guard: GuardMetric, reading: Reading) -> Result:
    """Return what one reading says."""
    value = reading.candidate
    if guard.against == "stable" and value is not None:
        value = None if reading.stable is None else value - reading.stable
    if value is None:
        return "Inconclusive"
    past = value > guard.bound if guard.worse_when == "above" else value < guard.bound
    return "Failed" if past else "Successful"


def has_failed(guard: GuardMetric, measured: Measured) -> bool:
    """Return whether a guard failed more often than its limit."""
    return measured.failed > guard.failureLimit


def is_inconclusive(guard: GuardMetric, measured: Measured) -> bool:
    """Return whether nothing can be concluded from a guard: more silence than its limit."""
    return measured.inconclusive > (guard.inconclusiveLimit or 0)


def missing(guard: GuardMetric, measured: Measured) -> int:
    """Return how many good readings a stage still wants of a guard."""
    return max(0, (guard.count or 1) - measured.successful)


def words(guard: GuardMetric, measured: Measured) -> str:
    """Return what was read of a guard, as a sentence."""
    all_told = measured.successful + measured.failed + measured.inconclusive
    if all_told == 0:
        return f"{guard.title}: not read yet."
    readings = "1 reading" if measured.successful == 1 else f"{measured.successful} readings"
    parts = [f"{readings} within the limit of {guard.bound:g}"]
    if measured.failed:
        parts.append(f"{measured.failed} past it ({_allowed(guard.failureLimit)})")
    if measured.inconclusive:
        parts.append(f"{measured.inconclusive} silent")
    return f"{guard.title}: {', '.join(parts)}."


def _allowed(limit: int) -> str:
    return f"at most {limit} may be" if limit else "none may be"


def _apart(guard: GuardMetric) -> timedelta:
    return timedelta(minutes=guard.interval) if guard.interval else timedelta(seconds=1)


def _due(guard: GuardMetric, measured: Measured, since: datetime) -> datetime:
    """Return when silence counts: at once where nothing was read yet and no interval is given."""
    if guard.interval:
        return max(since, measured.at or since) + timedelta(minutes=guard.interval)
    return since if measured.at is None or measured.at < since else measured.at + PATIENCE


def _counted(measured: Measured, verdict: Result, time: datetime) -> Measured:
    return measured.model_copy(
        update={
            "successful": measured.successful + (verdict == "Successful"),
            "failed": measured.failed + (verdict == "Failed"),
            "inconclusive": measured.inconclusive + (verdict == "Inconclusive"),
            "at": time,
        }
    )


def _rows(data: bytes, what: str) -> Json:
    try:
        table = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        lines, header = list(table), table.fieldnames
    except (UnicodeError, csv.Error):
        raise _broken(what, "is neither JSON nor CSV in UTF-8") from None
    if header is not None and ("guard" not in header or not set(header) <= set(_COLUMNS)):
        raise _broken(what, "needs the columns guard, time, candidate, stable (line 1)")
    tree: dict[str, Json] = {"readings": []}
    for number, line in enumerate(lines, start=2):
        if line.get("guard") is None or not set(line) <= set(_COLUMNS):
            raise _broken(what, f"needs the columns guard, time, candidate, stable (line {number})")
        told = {name: text.strip() for name, text in line.items() if text and text.strip()}
        if told.get("guard") == "conversations":
            tree["conversations"] = told.get("candidate")
        else:
            tree["readings"].append(told)
    return tree


def _broken(what: str, why: str) -> BrokenInput:
    return BrokenInput(f"{what} {why}.", "Mend the metrics; nothing was counted.")
