"""What a document changes in an agent: rules, numbers, names, limits, and all that depends on them."""
