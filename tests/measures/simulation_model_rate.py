"""How near calls to a language model come to the ideal: 100 under way at a server that answers after 200 ms.

- The server runs in a process of its own and speaks as OpenAI does, over real loopback sockets.
- Ideal is 100 / 0.2 s = 500 answers a second. The same questions go through the door, the client and the
  worker process as in a simulation with a model; then a whole simulation with that model is run.
- At the end of a simulation fewer are under way than may be, as a customer's questions follow one another:
  its ratio counts that, too.
- Processor time of each process is shown, because it is what a busy computer does not distort; the best of
  three rounds is the figure.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from studio.domain.agent import Agent
from studio.domain.model import ModelConsent, ModelPolicy, ModelReply, ModelRequest
from studio.llm.guarded import GuardedModel
from studio.llm.litellm_client import LiteLLMModel
from studio.llm.process import ModelProcess
from studio.ports import silent
from studio.runtime import Program, State
from studio.services.model_terms import ModelTerms
from studio.settings import ModelSettings
from studio.simulation.interpreting import hearing_request
from studio.simulation.sampled import run_sampled

LATENCY, IN_FLIGHT, QUESTIONS, ROUNDS = 0.2, 100, 2_000, 3
CUSTOMERS = 100
"""Customers of each test of the shop in the simulation."""
WANTED = 0.85
IDEAL = IN_FLIGHT / LATENCY
SHOP = Path(__file__).parents[1] / "simulation" / "shop.json"
HEARD = json.dumps({"workflow": None, "facts": [], "wants_person": False})


def _answer(text: str) -> bytes:
    base = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "x"}
    deltas = [({"role": "assistant", "content": ""}, None), ({"content": text}, None), ({}, "stop")]
    events: list[object] = [
        {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        for delta, finish in deltas
    ]
    usage = {"prompt_tokens": 200, "completion_tokens": 20, "total_tokens": 220}
    events.append({**base, "choices": [], "usage": usage})
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    head = f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {len(body)}\r\n\r\n"
    return (head + body).encode()


class _Talk(asyncio.Protocol):
    """One connection: an answer a question, after the latency."""

    answer = _answer(HEARD)
    said = _answer(json.dumps({"text": ""}))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.rest = transport, b""

    def data_received(self, data: bytes) -> None:
        self.rest += data
        head, found, body = self.rest.partition(b"\r\n\r\n")
        if not found:
            return
        sizes = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        size = int(sizes[0].split(b":")[1])
        if len(body) < size:
            return
        self.rest = body[size:]
        answer = self.said if b'"name": "said"' in body else self.answer
        asyncio.get_running_loop().call_later(LATENCY, self._write, answer)

    def _write(self, answer: bytes) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.write(answer)


def _serve(pipe: Connection) -> None:
    async def work() -> None:
        server = await asyncio.get_running_loop().create_server(_Talk, "127.0.0.1", 0, backlog=500)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(work())


@contextmanager
def server() -> Iterator[tuple[str, int]]:
    """A server in a process of its own: its address, and the process's number."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/v1", process.pid or 0
    finally:
        process.terminate()
        process.join()


def _seconds_of(pid: int) -> float:
    """Return the processor time that another process has used so far (Linux only, else 0)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))


def _question(program: Program, number: int) -> ModelRequest:
    return hearing_request(program, State(), f"Hello, where is my order W{number:04d}? I am ada@example.com.")


def _asked(model: GuardedModel, process: ModelProcess, program: Program, serving: int) -> float:
    best = 0.0
    for _ in range(ROUNDS):
        asked = [_question(program, number) for number in range(QUESTIONS)]
        pids = [process.number or 0, serving]
        others, own = [_seconds_of(each) for each in pids], time.process_time()
        began = time.perf_counter()
        found = model.ask(asked, silent)
        seconds = time.perf_counter() - began
        wrong = sum(not isinstance(each, ModelReply) for each in found)
        rate = (QUESTIONS - wrong) / seconds
        spent = [time.process_time() - own, *(_seconds_of(p) - b for p, b in zip(pids, others, strict=True))]
        each = " + ".join(f"{seconds / QUESTIONS * 1e3:.2f}" for seconds in spent)
        print(
            f"  {rate:5.0f} answers a second of {IDEAL:.0f} ideal: ratio {rate / IDEAL:.2f}; {wrong} failed; "
            f"processor ms an answer, studio + worker + server: {each}; load {os.getloadavg()[0]:.1f}"
        )
        best = max(best, rate)
    print(f"asked at once: best ratio {best / IDEAL:.2f} (wanted: {WANTED})")
    return best / IDEAL


def _simulated(model: GuardedModel, agent: Agent) -> float:
    before, own, began = model.used.calls, time.process_time(), time.perf_counter()
    run = run_sampled(agent, agent.scenarios, 7, CUSTOMERS, model)
    seconds, calls = time.perf_counter() - began, model.used.calls - before
    own = (time.process_time() - own) / calls * 1e3
    print(f"a whole simulation: {len(run.conversations)} conversations, {calls} answers, ", end="")
    ratio = calls / seconds / IDEAL
    print(f"{calls / seconds:.0f} a second, ratio {ratio:.2f} (wanted: {WANTED}); ", end="")
    print(f"studio {own:.2f} ms of processor an answer; load {os.getloadavg()[0]:.1f}")
    return ratio


def main() -> int:
    """Print everything; return 0 when both ratios are what is wanted."""
    agent = Agent.model_validate_json(SHOP.read_bytes())
    program, process = Program.of(agent), ModelProcess()
    policy = ModelPolicy(contents=("agent", "conversations"))
    with server() as (address, serving):
        settings = ModelSettings(
            name="openai/measured", address=address, in_flight=IN_FLIGHT, patience=20, most_tokens=0
        )
        asking = LiteLLMModel(process, settings, lambda: None)
        consent = ModelConsent(
            id=asking.destination, model=asking.name, by="the measure", at=datetime.now(UTC)
        )
        terms = ModelTerms(policy, (consent,))
        model = GuardedModel(asking, lambda: terms)
        try:
            model.ask([_question(program, 0)], silent)  # the worker imports its client once
            ratios = [_asked(model, process, program, serving), _simulated(model, agent)]
        finally:
            process.close()
    return 0 if min(ratios) >= WANTED else 1


if __name__ == "__main__":
    raise SystemExit(main())
