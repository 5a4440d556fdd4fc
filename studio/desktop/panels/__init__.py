"""Parts that pages share: diff, evidence, transcript, checklist, graph. They know the field, and no service."""
