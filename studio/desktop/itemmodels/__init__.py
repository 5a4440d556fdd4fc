"""Read rows as Qt item models, by declared columns."""
