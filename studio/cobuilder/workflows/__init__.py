"""New workflows: a procedure of a document becomes steps, facts, systems and ways out."""
