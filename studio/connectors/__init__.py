"""Connectors: the systems that an agent calls."""
