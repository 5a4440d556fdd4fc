"""The window: the only package that imports PySide6.

- Sends the same commands and asks the same queries as the command line.
- `widgets` and `theme` know Qt and nothing of the field; `panels` know the field and no service.
"""
