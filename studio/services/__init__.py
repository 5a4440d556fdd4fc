"""What a user can do, from either face: commands, queries, jobs, undo; no Qt, no SQL."""
