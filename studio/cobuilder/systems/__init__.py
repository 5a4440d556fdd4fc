"""Which of an agent's systems a piece of text means."""
