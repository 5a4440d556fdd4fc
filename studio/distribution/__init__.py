"""Distribution: releases on their way to IT, in a repository that nobody on the way has to be trusted with.

- The format is TUF's (https://theupdateframework.io), and only this package imports python-tuf, at first use.
- A repository is a folder; readers reach it as a folder or through any plain web server.
- Private keys never lie in a repository; signers come from the user's key store.
"""
