"""Sentences that bind: whether each does, in which way, and on what conditions."""
