"""Parts that pages share: diff, evidence, transcript, checklist, graph; they know the field, no service."""
