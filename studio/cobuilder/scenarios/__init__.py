"""Tests drafted for an agent: worlds, ways, goals, and customers who try them."""
