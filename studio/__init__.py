"""CoBuilder Studio: governed changes for customer-facing agents, from document to signed release."""

__version__ = "0.1.0"
