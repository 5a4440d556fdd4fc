"""Statements that cannot both hold, across documents and within one."""
