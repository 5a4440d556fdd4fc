"""The ground: frozen types and pure functions that every other package builds on.

- No I/O, no clock, no randomness. Nothing here imports another studio package.
- An absent value is `None` and is left out of canonical JSON, so "absent" and "null" are one thing.
"""
