"""Checks: what can be proved or refuted about an agent without running it."""
