"""The traffic split in the real flagd engine: shares, stickiness, ramps, vectors, and what an answer costs.

- Each of 20,000 conversations is asked of `openfeature-provider-flagd` in FILE mode, at each share of a ramp.
- The explanation (`registry route`) must say the same as the engine, conversation by conversation.
- Usage: python -m tests.measures.release_traffic [--conversations 20000]; 0 when all of it holds.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from openfeature import api
from openfeature.contrib.provider.flagd import FlagdProvider
from openfeature.contrib.provider.flagd.config import ResolverType
from openfeature.evaluation_context import EvaluationContext

from studio.domain.environment import Pointer
from studio.release import traffic
from studio.release.flagd import FLAG, flag_file, read_flags, route

STABLE, CANARY, SEED = "5" * 64, "c" * 64, "desk:2"
SHARES = (0, 1, 5, 10, 25, 50, 75, 100)


def asked(names: list[str], weight: int, folder: Path) -> tuple[dict[str, str], float, bytes]:
    """Return what the engine answers at this share, and the microseconds of processor an answer took."""
    pointer = Pointer(
        environment="production", generation=weight, stable=STABLE, candidate=CANARY, weight=weight
    )
    data = flag_file(pointer, STABLE, CANARY, SEED)
    file = folder / "flags.json"
    file.write_bytes(data)
    api.set_provider_and_wait(
        FlagdProvider(resolver_type=ResolverType.FILE, offline_flag_source_path=str(file))
    )
    client, begun = api.get_client(), time.process_time()
    found = {
        name: client.get_string_value(
            FLAG,
            "nobody",
            EvaluationContext(targeting_key=name, attributes=dict(traffic.context(SEED, name))),
        )
        for name in names
    }
    spent = (time.process_time() - begun) / len(names) * 1e6
    nameless = client.get_string_value(FLAG, "nobody", EvaluationContext(attributes={"bucket": 0}))
    assert nameless == STABLE, "a missing id must mean stable"
    api.shutdown()
    return found, spent, data


def main() -> int:
    """Run the ramp."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=20_000)
    names = [f"c-{number}" for number in range(parser.parse_args().conversations)]
    before: set[str] = set()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for weight in SHARES:
            found, spent, data = asked(names, weight, Path(folder))
            new = {name for name, answer in found.items() if answer == CANARY}
            told = read_flags(data)
            differing = sum(route(told, name).agent_digest != found[name] for name in names)
            back = len(before - new)
            wrong += differing + back
            print(
                f"{weight:3} %: {100 * len(new) / len(names):6.2f} % of {len(names):,}, moved back {back}, "
                f"explained otherwise {differing}, {spent:.0f} µs of processor an answer"
            )
            before = new
    vectors = traffic.engine_for("desk", 2).vectors
    off = sum(traffic.bucket(SEED, each.id) != each.bucket for each in vectors)
    print(f"vectors: {len(vectors) - off} of {len(vectors)}; without an id: stable at every share")
    return 0 if not wrong and not off else 1


if __name__ == "__main__":
    raise SystemExit(main())
