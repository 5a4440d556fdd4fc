"""Passages that speak to the reading machine instead of to people, and what reviewers are warned of."""
