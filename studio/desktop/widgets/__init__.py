"""Widgets: they know Qt, and nothing of documents, agents or releases."""
