"""Which statements of a new version of a document are those of the old one."""
