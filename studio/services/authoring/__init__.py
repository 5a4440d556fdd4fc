"""Authoring by hand: each deed of an author is a pure function of the draft that returns a change set.

- `(agent, …) -> ChangeSet`: nothing is read or written here; the face runs the change set with `EditAgent`,
  so that every deed is saved at once and can be undone.
- The change set's title says the deed in words, since undo and history show it.
- What cannot be done is a sentence (`WrongUse`), and then nothing changes.
"""
