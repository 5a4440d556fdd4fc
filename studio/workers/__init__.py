"""Workers: where many independent tasks run."""
