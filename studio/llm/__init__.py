"""Language models: litellm in a process of its own, scripted, recorded; one guarded door to all of them."""
