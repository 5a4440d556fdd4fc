"""A proposal that completes itself once a question is answered or a conflict decided."""
