"""Open conversations: pinned, recorded before they are answered, heard once, closed when silent."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio.domain.errors import ProviderFailed, WrongUse
from studio.domain.frozen import digest
from studio.domain.interaction import Interaction, whole
from studio.release.interactions import ReadBack, read_back
from studio.release.traffic import bucket, seed_for
from studio.services.agent_file import read_agent
from studio.serving.contract import CustomerTurn, Reply
from studio.serving.conversations import Clocks, Conversations
from studio.serving.journal import Journal
from studio.serving.running import RunningNow
from studio.serving.systems import RehearsedSystems
from studio.serving.trouble import Trouble
from studio.store import registry as registries

if TYPE_CHECKING:
    from studio.store.registry import Registry
    from tests.bundle_conformance.kit import Kit


class Time:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        """Return the time for people."""
        return datetime(2026, 11, 2, 12, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def steady(self) -> float:
        """Return the steady time."""
        return self.seconds


@dataclass
class Desk:
    """The conversations of a registry, with what stands around them."""

    talks: Conversations
    time: Time
    folder: Path

    def say(self, name: str, turn: int, text: str) -> Reply:
        """Say something."""
        return self.talks.hear(name, CustomerTurn(turn=turn, text=text))

    @property
    def record(self) -> ReadBack:
        """Return what was recorded."""
        return read_back(path.read_bytes() for path in sorted(self.folder.glob("*.jsonl")))


Make = Callable[..., Desk]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Return a function that makes a desk on a registry."""
    journals: list[Journal] = []

    def desk(registry: Registry, most: int = 100, idle: float = 60.0) -> Desk:
        time = Time()
        folder = tmp_path / f"interactions-{len(journals)}"
        journals.append(Journal(folder))
        clocks = Clocks(time.now, time.steady)
        running = RunningNow(registry, "production")
        talks = Conversations(running, RehearsedSystems(), journals[-1], most, idle, clocks)
        return Desk(talks, time, folder)

    yield desk
    for each in journals:
        each.close()


@pytest.fixture
def returns(repository: Path, kit: Kit, tmp_path: Path) -> Iterator[Registry]:
    """Return a registry in which the sample agent runs, with its tables of records."""
    path = repository / "sample_projects/returns_assistant/agent.json"
    agent = read_agent(path.read_bytes(), "the sample")
    policy = kit.policy_with(agent=agent.id)
    with registries.create(tmp_path / "returns.db", agent, policy, "ida", lambda: kit.now) as made:
        yield made


def ids_by_release(kit: Kit, below: int) -> tuple[str, str]:
    """Return an id that the canary answers at this share, and one that it does not."""
    seed = seed_for(kit.before.id, 2)
    names = [f"customer-{number}" for number in range(2_000)]
    new = next(name for name in names if bucket(seed, name) < below)
    old = next(name for name in names if bucket(seed, name) >= below)
    return new, old


def test_a_conversation_keeps_the_release_it_began_with(registry: Registry, kit: Kit, make: Make) -> None:
    """The split decides once; promotion and rollback change what is begun later, never what is open."""
    desk = make(registry)
    new, old = ids_by_release(kit, 500)
    before, _ = desk.talks.begin(new)
    assert (before.metadata.answered_by, before.metadata.sequence) == ("stable", 0)
    desk.talks.leave(new)
    registry.promote("production", "2", "ida")
    canary, _ = desk.talks.begin(new)
    stable, _ = desk.talks.begin(old)
    assert (canary.metadata.answered_by, canary.metadata.agent_digest) == ("canary", digest(kit.after))
    assert (stable.metadata.answered_by, stable.metadata.agent_digest) == ("stable", digest(kit.before))
    registry.roll_back("production", "ida")
    again = desk.say(new, 1, "hello")
    assert again.metadata == canary.metadata, "the version stays, over the rollback"
    after, _ = desk.talks.begin("someone-else")
    assert (after.metadata.sequence, after.metadata.generation) == (0, 3)


def test_no_id_means_stable(registry: Registry, make: Make) -> None:
    """Without an id of the caller's own the stable release answers, whatever share the new one has."""
    registry.promote("production", "2", "ida")
    desk = make(registry)
    replies = [desk.talks.begin(None)[0] for _ in range(60)]
    assert {reply.metadata.answered_by for reply in replies} == {"stable"}
    assert len({reply.conversation for reply in replies}) == 60


def test_every_turn_is_recorded_with_its_version(returns: Registry, make: Make) -> None:
    """What was said and done stands in the file before it is answered, with digest, number and release."""
    desk = make(returns)
    greeting, new = desk.talks.begin("c-1")
    assert new and greeting.turn == 0 and greeting.replies
    assert len(desk.record.interactions) == 1, "the greeting is recorded already"
    answered = desk.say("c-1", 1, "I want to talk to a real person")
    assert answered.outcome == "handed over" and answered.over and answered.handover is not None
    assert answered.handover.queue
    (talk,) = desk.record.interactions
    version = answered.metadata
    assert (talk.agent_digest, talk.agent_version, talk.release) == (
        version.agent_digest,
        "0",
        version.release,
    )
    assert (talk.outcome, talk.conversation, talk.systems) == ("handed over", "c-1", "rehearsed")
    said = [(turn.role, turn.text) for turn in talk.turns if turn.role != "system"]
    assert said[0] == ("agent", greeting.replies[0])
    assert ("customer", "I want to talk to a real person") in said
    assert [text for role, text in said if role == "agent"][1:] == list(answered.replies)
    if os.name == "posix":
        assert all(path.stat().st_mode & 0o077 == 0 for path in desk.folder.glob("*.jsonl"))


def test_the_same_turn_again_is_heard_once(returns: Registry, make: Make) -> None:
    """A repeated request has the same answer and leaves no second trace; another order is refused."""
    desk = make(returns)
    desk.talks.begin("c-1")
    first = desk.say("c-1", 1, "I want to return my order A-1001")
    assert desk.say("c-1", 1, "I want to return my order A-1001") == first
    assert desk.talks.begin("c-1") == (first, False)
    assert desk.talks.look("c-1") == first
    with pytest.raises(Trouble, match="heard already, with other words"):
        desk.say("c-1", 1, "Something else")
    with pytest.raises(Trouble, match="Turn 2 comes next"):
        desk.say("c-1", 4, "And then")
    (talk,) = desk.record.interactions
    assert sum(turn.role == "customer" for turn in talk.turns) == 1
    with pytest.raises(Trouble, match="never begun"):
        desk.say("c-2", 1, "Hello")


def test_nothing_is_answered_that_was_not_recorded(
    returns: Registry, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk the caller is told to send the same again, and then it is heard once."""
    desk = make(returns)
    desk.talks.begin("c-1")

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(Trouble, match="No space left") as told:
            desk.say("c-1", 1, "Where is my refund?")
        assert (told.value.status, told.value.retry_after) == (503, 5)
        with pytest.raises(Trouble, match="No space left"):
            desk.talks.begin("c-2")
    reply = desk.say("c-1", 1, "Where is my refund?")
    assert reply.turn == 1 and reply.replies
    assert desk.talks.begin("c-2")[0].turn == 0
    one, two = desk.record.interactions
    assert sum(turn.role == "customer" for turn in one.turns) == 1
    assert len(two.turns) == 1


def test_silent_conversations_are_closed_and_room_is_made(registry: Registry, make: Make) -> None:
    """Beyond the limit a caller is told to come back; what ended or fell silent makes room."""
    desk = make(registry, most=2)
    desk.talks.begin("a")
    desk.talks.begin("b")
    with pytest.raises(Trouble, match="which is the most") as told:
        desk.talks.begin("c")
    assert told.value.status == 503
    desk.talks.leave("a")
    desk.talks.begin("c")
    desk.time.seconds = 61.0
    desk.talks.sweep()
    with pytest.raises(Trouble, match="silent for too long"):
        desk.talks.look("b")
    assert {talk.conversation: talk.outcome for talk in desk.record.interactions} == {
        "a": "abandoned",
        "b": "abandoned",
        "c": "abandoned",
    }


def test_closing_an_old_conversation_leaves_the_new_one_of_its_id(registry: Registry, make: Make) -> None:
    """One that is swept while another begins under the caller's id does not take that one with it."""
    desk = make(registry)
    desk.talks.begin("caller")
    old = desk.talks._open["caller"]
    desk.talks.leave("caller")
    fresh, new = desk.talks.begin("caller")
    desk.talks._dismiss(old)
    assert new and desk.talks.look("caller").interaction == fresh.interaction != old.interaction


def test_stopping_closes_what_is_open(registry: Registry, make: Make) -> None:
    """At the end every open conversation is closed in the record, and nothing new begins."""
    desk = make(registry)
    desk.talks.begin("a")
    desk.talks.begin("b")
    desk.talks.leave("b")
    assert desk.talks.close() == 1
    assert [talk.outcome for talk in desk.record.interactions] == ["abandoned", "abandoned"]
    with pytest.raises(Trouble, match="Begin the conversation elsewhere"):
        desk.talks.begin("c")


def test_a_registry_that_cannot_be_read_leaves_the_last_good_answer(
    registry: Registry, kit: Kit, make: Make
) -> None:
    """New conversations go on with what ran last, and the health says why."""
    desk = make(registry)
    assert desk.talks.health().status == "ok"
    aside = registry.path.with_suffix(".aside") if isinstance(registry.path, Path) else Path()
    registry.path.rename(aside)
    registry.path.write_bytes(b"no database at all, " * 100)
    reply, _ = desk.talks.begin("a")
    assert reply.metadata.agent_digest == digest(kit.before)
    health = desk.talks.health()
    assert health.status == "degraded" and "registry" in health.notes[0]
    registry.path.unlink()
    aside.rename(registry.path)
    assert desk.talks.health().status == "ok"


def test_many_at_once_say_what_one_after_the_other_would(returns: Registry, make: Make) -> None:
    """Forty conversations in eight threads answer word for word as they do one by one."""
    words = ("I want to return my order", "A-1001", "it is the wrong size", "no", "thank you")

    def talk(desk: Desk, name: str) -> list[tuple[str, ...]]:
        said = [desk.talks.begin(name)[0].replies]
        for turn, text in enumerate(words, start=1):
            reply = desk.say(name, turn, text)
            said.append(reply.replies)
            if reply.over:
                break
        return said

    alone = make(returns)
    expected = talk(alone, "c-0")
    together = make(returns)
    with ThreadPoolExecutor(8) as threads:
        heard = list(threads.map(lambda number: talk(together, f"c-{number}"), range(40)))
    assert heard == [expected] * 40
    assert len(together.record.interactions) == 40
    assert not together.record.unreadable


def test_a_torn_line_spoils_no_other(tmp_path: Path) -> None:
    """After a power cut in the middle of a line, the next line stands on its own; the torn one is counted."""
    day = datetime(2026, 11, 2, 23, 59, tzinfo=UTC)
    part = Interaction(
        id="a", agent_digest="d" * 64, agent_version="2", started_at=day, outcome="open", part=0, at=day
    )
    first = Journal(tmp_path)
    first.write(part)
    with pytest.raises(WrongUse, match="Another endpoint writes"):
        Journal(tmp_path)
    first.close()
    (file,) = tmp_path.glob("*.jsonl")
    assert file.name == "interactions-2026-11-02.jsonl"
    file.write_bytes(file.read_bytes() + b'{"id":"b","agent_di')
    second = Journal(tmp_path)
    second.write(part.model_copy(update={"part": 1, "outcome": "resolved"}))
    second.write(part.model_copy(update={"part": 2, "at": day + timedelta(minutes=2)}))
    second.close()
    files = sorted(tmp_path.glob("*.jsonl"))
    assert [each.name for each in files][1] == "interactions-2026-11-03.jsonl", "a new day, a new file"
    found = read_back(each.read_bytes() for each in files)
    assert (len(found.interactions), found.unreadable) == (1, 1)


def test_parts_reported_twice_count_once() -> None:
    """Conversations are put together by their parts' numbers, in any order, twice or not."""
    day = datetime(2026, 11, 2, tzinfo=UTC)
    parts = [
        Interaction(id="a", agent_digest="d", agent_version="1", started_at=day, outcome=outcome, part=number)
        for number, outcome in enumerate(("open", "open", "resolved"))
    ]
    (talk,) = whole([parts[2], parts[0], parts[1], parts[1]])
    assert (talk.outcome, talk.part) == ("resolved", None)
    assert Interaction.model_validate(json.loads(talk.model_dump_json(exclude_none=True))) == talk


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A sentence says where interactions cannot be written."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ProviderFailed, match="Interactions cannot be written"):
        Journal(tmp_path / "file" / "inside")
