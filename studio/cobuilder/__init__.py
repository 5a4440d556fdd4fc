"""The embedded reading engine: documents -> statements, procedures and questions, without a language model."""
