"""The traffic split as flagd JSON, for the real flagd engine to evaluate.

- One flag, `release`: its value is the digest of the agent that shall answer.
- The new release answers only when the conversation has an id and its bucket lies below the share; a missing
  id or bucket means the stable one. Buckets compare with `<`, so a growing share never moves anyone back.
- Format: https://flagd.dev/schema/v0/flags.json. `!!` of bucket 0 is false in JsonLogic, so not the
  bucket but the id is guarded, and the missing bucket gets a default that lies above every share.
"""

from __future__ import annotations

from studio.domain.environment import Pointer
from studio.domain.frozen import Json, canonical
from studio.release.traffic import BUCKETS

FLAG = "release"


def flag_file(pointer: Pointer, stable_agent: str, candidate_agent: str | None, seed: str) -> bytes:
    """Return the flag file for what a pointer says; agents are named by digest."""
    variants = {"stable": stable_agent}
    targeting: Json = {}
    if candidate_agent is not None and pointer.candidate is not None:
        variants["canary"] = candidate_agent
        targeting = {"if": [_chosen(pointer.weight * BUCKETS // 100), "canary", "stable"]}
    flag: dict[str, Json] = {
        "state": "ENABLED",
        "variants": variants,
        "defaultVariant": "stable",
        "targeting": targeting,
        "metadata": {"generation": pointer.generation, "environment": pointer.environment, "seed": seed},
    }
    return canonical({"flags": {FLAG: flag}})


def _chosen(below: int) -> Json:
    return {"and": [{"!!": [{"var": "targetingKey"}]}, {"<": [{"var": ["bucket", BUCKETS]}, below]}]}
