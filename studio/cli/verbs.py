"""The table of contents of the command line: every verb and group, its module, and its line in the help.

- So `cobuilder --help` and a verb's own start import and build nothing but what they need.
- A line is the first sentence of what the verb says of itself; tests/house/test_verbs.py holds them equal.
- A group's modules, in order, register all its verbs.
"""

from __future__ import annotations

VERBS: dict[str, tuple[str, str]] = {
    "new": (
        "workspace",
        "Make a workspace around an agent that is live already, around a sample, or around documents alone.",
    ),
    "open": (
        "workspace",
        "Open the window on a workspace; on a received bundle, IT's window, which needs no workspace.",
    ),
    "propose": (
        "workspace",
        "Ask CoBuilder what a document demands of the agent; nothing is changed before you accept it.",
    ),
    "undo": ("workspace", "Take back the last change; works after a restart too."),
    "redo": ("workspace", "Do again what was taken back last."),
    "analyze": (
        "analysis",
        "Read documents and print the rules, procedures and open questions found in them.",
    ),
    "diff": (
        "documents",
        "Compare two versions of a document, word by word. Exit code 0: the same, 1: different.",
    ),
    "ask": (
        "ask",
        "Say in plain words what should change, or ask about the agent; a change becomes a proposal.",
    ),
    "status": ("draft", "Show where the agent stands and what to do next."),
    "try": ("trying", "Talk with the draft, turn by turn; without --say, type what the customer says."),
    "check": (
        "check",
        "Prove what can be proved about the draft over every path; exit code 1 if a check is broken.",
    ),
    "simulate": (
        "evidence",
        "Let the same customers meet the live version and the draft; "
        "exit code 1 if a test of the draft fails.",
    ),
    "coverage": (
        "lab",
        "Show what the newest simulation exercised of the draft, by passed and failed conversations.",
    ),
    "strength": (
        "lab",
        "Plant faults in the draft and see which its tests notice; "
        "exit code 1 if a new test would notice more.",
    ),
    "approve": (
        "approving",
        "Sign exactly the present content in a role. A signature cannot be undone; any edit voids it.",
    ),
    "export": ("release", "Write the signed bundle; refused while a gate is not met."),
    "serve": (
        "serve",
        "Serve the agent that runs, over HTTP, with the deterministic runtime; Ctrl-C or SIGTERM stops it.",
    ),
    "demo": (
        "demo",
        "Run the whole main job on a sample: "
        "from a new policy to a release that is promoted and rolled back.",
    ),
    "source": (
        "workspace",
        "Documents the agent relies on: add, list, show, coverage, conflicts, suspects, drift, search …",
    ),
    "review": (
        "review",
        "Decide on proposed changes, one by one or together; edit, comment, ask, and fit them to the draft.",
    ),
    "charter": (
        "charter",
        "What the agent is for, how far it goes, who answers, how each rule is kept; and edits of it.",
    ),
    "edit": (
        "edit",
        "Change the draft by hand: set, unset, show, apply a file of changes. `undo` takes it back.",
    ),
    "workflow": ("flow", "Workflows and reusable blocks: list, show, and every edit of their steps."),
    "impact": ("impact", "What depends on a fact, and changing it everywhere at once: show, change, mend."),
    "tests": (
        "impact",
        "Tests of the draft: list, show, run, change, remove; find and draft what is missing.",
    ),
    "world": (
        "world",
        "Records that mock systems look up and change: sketch, import, new, column, show, put, effect …",
    ),
    "run": (
        "runs",
        "Runs that were simulated: history, both sides of a conversation, keep as test, fix, export.",
    ),
    "key": (
        "keys",
        "Signing keys: new, list, show, import, tokens, keyring, challenge, rotate, revoke; check for IT.",
    ),
    "model": (
        "model",
        "The language model that CoBuilder may ask: show, set, key, test, preview, policy, forget.",
    ),
    "policy": (
        "policy policy_edits",
        "IT's approval policy: new, show, check, environment, person, key, revoke, valid, take.",
    ),
    "release": ("release", "The next release of this draft: plan, show, notes, export, request, take, live."),
    "bundle": (
        "bundle",
        "A received bundle: verify, show, report, recompute, diff, export-standard. Needs no workspace.",
    ),
    "registry": (
        "registry registry_log route registry_moves materialize",
        "What runs where: import, promote by stages, pause, resume, roll back, status, log.",
    ),
    "repo": (
        "repo",
        "A repository of releases that readers need not trust: init, sign, refresh, publish, status; pull.",
    ),
}
