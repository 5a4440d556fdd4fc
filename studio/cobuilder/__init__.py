"""The embedded reading engine: documents to statements, procedures and questions, without a model."""
