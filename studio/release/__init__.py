"""Bundles and releases: canonical bytes, verification order, gates, evidence, rollout and promotion rules.

- Pure: bytes and values in, typed values out. No file, no network, no clock, no private key.
- What was signed is kept as it was; nothing is re-serialised before it has been verified.
"""
