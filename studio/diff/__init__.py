"""Differences that a person can read: words of a text, fields of an agent, steps of a workflow.

- Pure functions over values: no I/O, no clock. Knows only what is below (`studio.domain`).
"""
