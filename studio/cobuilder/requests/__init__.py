"""Requests in plain words: understood by documented kinds, answered, or turned into one proposal."""
