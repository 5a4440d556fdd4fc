"""The command line: the same commands and queries as the window; strict, with exit codes and JSON."""
