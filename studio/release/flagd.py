"""The traffic split as flagd JSON, for the real flagd engine to evaluate; and read back, to explain it.

- One flag, `release`: its value is the digest of the agent that shall answer.
- The new release answers only when the conversation has an id and its bucket lies below the share; a missing
  id or bucket means the stable one. Buckets compare with `<`, so a growing share never moves anyone back.
- Format: https://flagd.dev/schema/v0/flags.json. `!!` of bucket 0 is false in JsonLogic, so not the
  bucket but the id is guarded, and the missing bucket gets a default that lies above every share.
- A file counts only if it is, byte for byte, what is written here; where it is not, the last good one stays.
"""

from __future__ import annotations

from pydantic import ValidationError

from studio.domain.environment import Pointer, Sha256
from studio.domain.errors import BrokenInput, StudioError
from studio.domain.frozen import Frozen, Json, canonical
from studio.release import strict_json, traffic
from studio.release.traffic import BUCKETS, Routing

FLAG = "release"
MAX_FILE = 64 * 1024


class Split(Frozen):
    """What a flag file says: who is stable, who is new, and the share of the new one."""

    pointer: Pointer
    stable_agent: Sha256
    candidate_agent: Sha256 | None
    seed: str


def flag_file(pointer: Pointer, stable_agent: str, candidate_agent: str | None, seed: str) -> bytes:
    """Return the flag file for what a pointer says; agents are named by digest."""
    variants = {"stable": stable_agent}
    targeting: Json = {}
    if candidate_agent is not None and pointer.candidate is not None:
        variants["canary"] = candidate_agent
        targeting = {"if": [_chosen(traffic.limit(pointer.weight)), "canary", "stable"]}
    flag: dict[str, Json] = {
        "state": "ENABLED",
        "variants": variants,
        "defaultVariant": "stable",
        "targeting": targeting,
        "metadata": {"generation": pointer.generation, "environment": pointer.environment, "seed": seed},
    }
    return canonical({"flags": {FLAG: flag}})


def read_flags(data: bytes, what: str = "The flag file") -> Split:
    """Return what a flag file says; raises BrokenInput for any byte that this program would not write."""
    try:
        if len(data) > MAX_FILE:
            raise ValueError
        split = _parsed(strict_json.parse(data, what))
        told = flag_file(split.pointer, split.stable_agent, split.candidate_agent, split.seed)
    except (StudioError, ValidationError, LookupError, TypeError, ValueError):
        told = b""
    if told != data or not told:
        raise BrokenInput(
            f"{what} is not as the registry writes it.",
            "Any verb of `cobuilder registry` writes it again, as `cobuilder registry status`.",
        )
    return split


def route(split: Split, conversation: str) -> Routing:
    """Return who answers a conversation by a flag file alone, and why."""
    new = split.candidate_agent is not None
    below = traffic.limit(split.pointer.weight) if new else 0
    answers = traffic.chosen(split.seed, conversation, below)
    agent = split.candidate_agent if answers == "canary" and split.candidate_agent else split.stable_agent
    names = (_named(split.stable_agent), _named(split.candidate_agent) if split.candidate_agent else "")
    return Routing(
        conversation=conversation,
        environment=split.pointer.environment,
        engine=f"{traffic.ENGINE} {traffic.VERSION}",
        seed=split.seed,
        bucket=traffic.bucket(split.seed, conversation) if conversation else None,
        below=below,
        share=below * 100 / BUCKETS,
        answers=answers,
        agent_digest=agent,
        label=_named(agent),
        generation=split.pointer.generation,
        why=traffic.reasons(split.seed, conversation, below, names),
    )


class LastGood:
    """The newest split that could be read: a broken file, or an older one, changes nothing and is told."""

    def __init__(self, first: Split) -> None:
        """Begin with a split that was read."""
        self.split = first
        self.fault = ""

    def take(self, data: bytes) -> Split:
        """Return the split that counts after this content of the file; `fault` says what was wrong."""
        try:
            found = read_flags(data)
        except BrokenInput as error:
            self.fault = str(error)
            return self.split
        if found.pointer.environment != self.split.pointer.environment:
            self.fault = f"The flag file is for {found.pointer.environment} now."
        elif found.pointer.generation < self.split.pointer.generation:
            self.fault = f"The flag file is older than the one before: generation {found.pointer.generation}."
        else:
            self.split, self.fault = found, ""
        return self.split


def _parsed(tree: Json) -> Split:
    flag = tree["flags"][FLAG]
    variants, told = flag["variants"], flag["metadata"]
    new = variants.get("canary")
    below = flag["targeting"]["if"][0]["and"][1]["<"][1] if new else 0
    pointer = Pointer(
        environment=told["environment"],
        generation=told["generation"],
        stable="0" * 64,  # the file names agents, not releases
        candidate="1" * 64 if new else None,
        weight=below * 100 // BUCKETS,
    )
    return Split(
        pointer=pointer,
        stable_agent=variants["stable"],
        candidate_agent=new,
        seed=told["seed"],
    )


def _named(agent: str) -> str:
    return f"agent {agent[:12]}"


def _chosen(below: int) -> Json:
    return {"and": [{"!!": [{"var": "targetingKey"}]}, {"<": [{"var": ["bucket", BUCKETS]}, below]}]}
