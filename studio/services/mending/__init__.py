"""Mending what the checks find: fixes that are proposed as changes, and tests that fail without them."""
