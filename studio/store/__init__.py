"""Storage: the only package that knows SQL; tables, mapping, repositories, unit of work, registry."""
