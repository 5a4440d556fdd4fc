"""Procedures: documents read as steps in their order, with what each step asks for."""
