"""Readers: files of one format each -> `SourceDocument`, offline and strict about what they accept."""
