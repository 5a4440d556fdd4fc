"""The staged rollout as a state machine: stages, waits, guards; silence pauses, failure rolls back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.environment import DEFAULT_ROLLOUT, GuardMetric, Pause, Rollout, RolloutPlan, SetWeight
from studio.domain.errors import BrokenInput, BundleRefused, WrongUse
from studio.domain.frozen import canonical
from studio.release import rollout
from studio.release.guards import Feed, Reading, check_feed, read_feed
from studio.release.rollout import choose, guard_words, judge, next_weight, stages, view, waits

START = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
RELEASE = "a" * 64
PLAN = RolloutPlan(
    steps=DEFAULT_ROLLOUT.steps,
    guards=(
        GuardMetric(id="broken", title="Rules broken", bound=0),
        GuardMetric(id="rate", title="Escalations", bound=2, against="stable", failureLimit=1),
        GuardMetric(id="csat", title="Satisfaction", bound=4, worse_when="below"),
    ),
)
GOOD = (
    Reading(guard="broken", candidate=0),
    Reading(guard="rate", candidate=11, stable=10),
    Reading(guard="csat", candidate=4.5),
)
BARE = RolloutPlan(steps=(SetWeight(weight=10), Pause(), SetWeight(weight=60), Pause(hours=2)))


def at(hours: float) -> datetime:
    """Return a moment so many hours after the rollout began."""
    return START + timedelta(hours=hours)


def begun(plan: RolloutPlan = PLAN) -> Rollout:
    """Return a rollout in its first stage."""
    return rollout.enter(plan, rollout.begin(RELEASE, START), stages(plan)[0].weight, START)


def test_the_stages_are_told_in_words() -> None:
    """Share and duration of each stage; the last is all."""
    assert [(stage.weight, stage.duration) for stage in stages(PLAN)] == [
        (5, "24 hours and 500 conversations"),
        (50, "48 hours"),
        (100, ""),
    ]
    assert [next_weight(PLAN, share) for share in (0, 5, 50, 100)] == [5, 50, 100, None]
    assert guard_words(PLAN.guards[1]) == "Escalations above 2"


def test_a_plan_always_ends_with_everyone() -> None:
    """A plan that stops at 20 % has a last stage of 100 %; an empty one has only that."""
    short = RolloutPlan(steps=(SetWeight(weight=20), Pause()))
    assert [stage.weight for stage in stages(short)] == [20, 100]
    assert stages(short)[0].duration == "until a person goes on"
    assert [stage.weight for stage in stages(RolloutPlan(steps=()))] == [100]


def test_pauses_add_up_and_shares_only_grow() -> None:
    """Two pauses behind one share are one wait; a share that would take conversations away is no stage."""
    steps = (SetWeight(weight=20), Pause(hours=1), Pause(hours=2, conversations=5), SetWeight(weight=10))
    assert [(each.weight, each.duration) for each in stages(RolloutPlan(steps=steps))] == [
        (20, "3 hours and 5 conversations"),
        (100, ""),
    ]


def test_a_stage_lasts_as_long_as_its_plan_says() -> None:
    """Hours and conversations must both be over, and every guard must have been read and be good."""
    state = judge(PLAN, begun(), Feed(readings=GOOD, conversations=100), at(1)).rollout
    assert waits(PLAN, state, at(1)) == "The plan waits at 5 %: 23 hours more, 400 more conversations."
    assert waits(PLAN, state, at(30)) == "The plan waits at 5 %: 400 more conversations."
    told = judge(PLAN, state, Feed(readings=GOOD, conversations=500), at(24))
    assert told.advice == "promote" and waits(PLAN, told.rollout, at(24)) == ""
    assert view(PLAN, told.rollout, at(24)).phase == "Progressing"


def test_the_next_stage_counts_anew() -> None:
    """Time, conversations and good readings begin again with the share; failures stay counted."""
    bad = Reading(guard="rate", candidate=20, stable=10)
    first = judge(PLAN, begun(), Feed(readings=(GOOD[0], bad, GOOD[2]), conversations=500), at(1)).rollout
    second = rollout.enter(PLAN, first, 50, at(25))
    assert (second.stage, second.since, second.conversations_before) == (1, at(25), 500)
    assert [each.failed for each in second.measured] == [0, 1, 0]
    assert "48 hours more" in waits(PLAN, second, at(25)) and "csat" in waits(PLAN, second, at(25))
    assert judge(PLAN, second, Feed(readings=(GOOD[0], bad, GOOD[2])), at(26)).advice == "roll back"


def test_a_pause_without_an_end_waits_for_a_person() -> None:
    """Only resuming ends it, however late it is."""
    state = begun(BARE)
    assert waits(BARE, state, at(9999)) == "The plan waits at 10 %: until a person resumes."
    assert view(BARE, state, at(1)).phase == "Paused"
    assert waits(BARE, rollout.resume(state), at(0)) == ""
    assert view(BARE, rollout.enter(BARE, state, 100, at(2)), at(2)).phase == "Healthy"


@pytest.mark.parametrize("silent", ["broken", "rate", "csat"])
def test_a_silent_guard_pauses(silent: str) -> None:
    """No reading, or a reading without a value, is inconclusive, and inconclusive never promotes."""
    others = tuple(each for each in GOOD if each.guard != silent)
    for readings in (others, (*others, Reading(guard=silent)), ()):
        told = judge(PLAN, begun(), Feed(readings=readings, conversations=9999), at(999))
        assert told.advice == "pause" and told.rollout.paused_by == rollout.METRICS
        assert view(PLAN, told.rollout, at(999)).phase == "Paused"
    half = (GOOD[0], Reading(guard="rate", candidate=5), GOOD[2])
    assert judge(PLAN, begun(), Feed(readings=half), at(999)).advice == "pause"


def test_only_a_person_ends_a_pause_of_the_guards() -> None:
    """Good readings afterwards do not; resuming forgives silence, never a failure."""
    paused = judge(PLAN, begun(), Feed(conversations=900), at(30)).rollout
    again = judge(PLAN, paused, Feed(readings=GOOD), at(31))
    assert again.advice == "wait" and "Paused by the guards" in again.sentences[0]
    resumed = rollout.resume(again.rollout)
    assert judge(PLAN, resumed, Feed(readings=GOOD), at(32)).advice == "promote"


def test_failures_beyond_the_limit_roll_back() -> None:
    """One failure is allowed for escalations, none for broken rules; also while a person paused."""
    bad = [Reading(guard="rate", candidate=20, stable=10, time=at(hour)) for hour in (1, 2)]
    once = judge(PLAN, begun(), Feed(readings=(*GOOD, bad[0])), at(2))
    assert once.advice == "wait"
    twice = judge(PLAN, begun(), Feed(readings=(*GOOD, *bad)), at(3))
    assert twice.advice == "roll back" and twice.rollout.ended == "Degraded"
    assert "2 past it (at most 1 may be)" in twice.sentences[0]
    held = rollout.pause(begun(), "ida", "Lunch")
    assert (
        judge(PLAN, held, Feed(readings=(Reading(guard="broken", candidate=1),)), at(1)).advice == "roll back"
    )
    assert rollout.failed_before(twice.rollout, RELEASE)
    assert not rollout.failed_before(rollout.end(begun(), "ida", ""), RELEASE)


def test_a_reading_counts_once_and_only_in_its_stage() -> None:
    """The same file read again adds nothing; what was measured before the share was set does not count."""
    bad = Feed(readings=(Reading(guard="rate", candidate=20, stable=10, time=at(1)), GOOD[0], GOOD[2]))
    once = judge(PLAN, begun(), bad, at(1)).rollout
    again = judge(PLAN, once, bad, at(1)).rollout
    assert [each.failed for each in again.measured] == [0, 1, 0]
    early = Feed(readings=(Reading(guard="broken", candidate=1, time=at(-1)), *GOOD))
    assert judge(PLAN, begun(), early, at(1)).advice == "wait"


def test_interval_and_count_are_kept() -> None:
    """Three readings, ten minutes apart: two in a hurry are one, and silence counts when one is due."""
    guard = GuardMetric(id="rate", title="Rate", bound=2, interval=10, count=3, inconclusiveLimit=1)
    plan = RolloutPlan(steps=(SetWeight(weight=10),), guards=(guard,))
    state = begun(plan)
    minutes = [START + timedelta(minutes=each) for each in (0, 5, 10, 20)]
    assert judge(plan, state, Feed(), minutes[1]).rollout == state  # nothing is due yet
    readings = tuple(Reading(guard="rate", candidate=1, time=each) for each in minutes[:3])
    state = judge(plan, state, Feed(readings=readings), minutes[2]).rollout
    assert state.measured[0].successful == 2 and "1 good reading of rate" in waits(plan, state, minutes[2])
    silent = judge(plan, state, Feed(), minutes[3]).rollout
    assert silent.measured[0].inconclusive == 1 and not silent.paused_by
    assert judge(plan, silent, Feed(), at(1)).advice == "pause"
    last = Feed(readings=(Reading(guard="rate", candidate=1, time=minutes[3]),))
    assert judge(plan, state, last, minutes[3]).advice == "promote"


@pytest.mark.parametrize(
    ("at_share", "weight", "waiting", "skip", "expected"),
    [
        (None, None, "", False, 5),
        (None, 5, "", False, 5),
        (5, None, "It waits.", False, 5),
        (5, None, "", False, 50),
        (5, 50, "", False, 50),
        (5, 5, "It waits.", False, 5),
        (5, None, "It waits.", True, 50),
        (5, 100, "It waits.", True, 100),
        (None, 100, "", True, 100),
    ],
)
def test_which_share_comes_next(
    at_share: int | None, weight: int | None, waiting: str, skip: bool, expected: int
) -> None:
    """Without a wish the next stage, or none while the plan waits; skipping is told to the log."""
    share, note = choose(PLAN, "Desk, release 2", at_share, weight, waiting, skip)
    assert share == expected and bool(note) == (skip and share != at_share)


@pytest.mark.parametrize(
    ("at_share", "weight", "waiting", "words"),
    [
        (None, 50, "", "It is not the turn of 50 %. The next stage of Desk, release 2, is 5 %"),
        (5, 100, "", "The next stage of Desk, release 2, is 50 %"),
        (5, 50, "The plan waits at 5 %: 3 hours more.", "3 hours more. The next stage"),
        (50, 5, "", "does not shrink"),
    ],
)
def test_a_share_out_of_turn_is_refused(at_share: int | None, weight: int, waiting: str, words: str) -> None:
    """The sentence says what is next, and how to go past it on purpose."""
    with pytest.raises(BundleRefused, match=words):
        choose(PLAN, "Desk, release 2", at_share, weight, waiting, skip=False)
    with pytest.raises(WrongUse, match="no stage of 37 %"):
        choose(PLAN, "Desk, release 2", at_share, 37, waiting, skip=True)


READINGS = st.lists(
    st.builds(
        Reading,
        guard=st.sampled_from(["broken", "rate", "csat"]),
        candidate=st.none() | st.floats(-5, 25),
        stable=st.none() | st.floats(-5, 25),
        time=st.none() | st.integers(-2, 60).map(at),
    ),
    max_size=6,
)
BEATS = st.lists(st.tuples(READINGS, st.integers(0, 900), st.integers(0, 20)), max_size=8)


@given(BEATS)
def test_whatever_is_read_nothing_is_promoted_on_silence_or_failure(
    beats: list[tuple[list[Reading], int, int]],
) -> None:
    """A stage is left only after good readings of every guard, in time; failures are never forgotten."""
    state, now, failed = begun(), START, [0, 0, 0]
    for readings, conversations, hours in beats:
        now += timedelta(hours=hours)
        told = judge(PLAN, state, Feed(readings=tuple(readings), conversations=conversations), now)
        counted = [each.failed for each in told.rollout.measured]
        assert all(after >= before for before, after in zip(failed, counted, strict=True))
        assert (told.advice == "roll back") == (counted[0] > 0 or counted[1] > 1 or counted[2] > 0)
        if told.advice == "promote":
            assert all(each.successful for each in told.rollout.measured)
            assert now >= state.since + timedelta(hours=24) and told.rollout.conversations >= 500
        state, failed = told.rollout, counted
        if told.advice == "roll back":
            return


def test_feeds_in_json_and_csv_say_the_same() -> None:
    """Readings with times, of the new release and of the stable one, and the count of conversations."""
    csv = (
        b"guard,time,candidate,stable\r\nrate,2026-11-02T13:00:00Z,11,10\r\nbroken,,0,\r\ncsat,,,\r\n"
        b"conversations,,812,\r\n"
    )
    json = (
        b'{"conversations": 812, "readings": [{"guard": "rate", "time": "2026-11-02T13:00:00Z", '
        b'"candidate": 11, "stable": 10}, {"guard": "broken", "candidate": 0}, {"guard": "csat"}]}'
    )
    assert read_feed(csv, "f") == read_feed(json, "f")
    assert read_feed(csv, "f").readings[0] == Reading(guard="rate", time=at(1), candidate=11, stable=10)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b'{"readings": [{"guard": "rate", "candidate": NaN}]}',
        b'{"readings": [{"guard": "rate", "candidate": "much"}]}',
        b'{"readings": [], "readings": []}',
        b'{"conversations": -1.5}',
        b"name,value\r\nrate,3\r\n",
        b"guard,candidate\r\nrate,inf\r\n",
        b"guard,candidate\r\nrate,1,2,3\r\n",
        b"guard,cand\r\n",
        b"abc",
        b'"' * 99,
        b" " * (4 * 1024 * 1024 + 1),
    ],
    ids=range(12),
)
def test_a_broken_feed_counts_for_nothing(data: bytes) -> None:
    """Whatever is wrong with the metrics, a sentence says so and nothing was read."""
    with pytest.raises(BrokenInput, match=r"metrics|JSON|UTF-8"):
        read_feed(data, "The metrics")


def test_readings_that_cannot_count_are_told() -> None:
    """Readings from before the stage, or without the stable release's value, are told with the reason."""
    old = Reading(guard="broken", candidate=0, time=at(-1))
    alone = Reading(guard="rate", candidate=3)
    told = judge(PLAN, begun(), Feed(readings=(old, alone, GOOD[2])), at(1))
    assert told.advice == "pause"
    early, compared = told.unheard
    assert early.startswith("The newest reading of broken is of") and "only later ones count" in early
    assert compared == (
        "The readings of rate have no value “stable”, that of the stable release, with which it is compared."
    )
    assert judge(PLAN, begun(), Feed(readings=GOOD), at(1)).unheard == ()


def test_readings_of_no_guard_and_of_tomorrow_are_refused() -> None:
    """A misspelt guard would leave the one that was meant silent; a clock ahead would count for days."""
    with pytest.raises(BrokenInput, match=r"“rat”.*broken, rate, csat"):
        check_feed(Feed(readings=(Reading(guard="rat", candidate=1),)), PLAN.guards, START)
    with pytest.raises(BrokenInput, match="from the future"):
        check_feed(Feed(readings=(Reading(guard="rate", candidate=1, time=at(1)),)), PLAN.guards, START)


def test_what_a_guard_does_not_say_is_not_in_the_signed_bytes() -> None:
    """Interval, count and inconclusive limit are new; a plan without them keeps its fingerprint."""
    assert canonical(PLAN.guards[0]) == (
        b'{"against":"nothing","bound":0.0,"failureLimit":0,"id":"broken","title":"Rules broken",'
        b'"worse_when":"above"}'.replace(b"0.0", b"0")
    )
