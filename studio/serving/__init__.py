"""Serving: a released agent over HTTP, for a pilot, and as the contract for other runtimes."""
