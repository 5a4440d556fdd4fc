"""The language-model engine: what a model is asked, how its answer is checked, two readings compared."""
