"""Private keys: custody by URI, signing, and proof of possession.

- Only this package ever sees a private key. Verifying needs nothing from here.
- cryptography is imported on first use.
"""
