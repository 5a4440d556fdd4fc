"""The pages, one a room; they never import each other."""
