"""One file a schema, in order; none is ever changed once it was released."""
