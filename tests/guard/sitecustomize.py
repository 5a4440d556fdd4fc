"""What each Python process that a test starts runs first: the guard against the network."""

from __future__ import annotations

import network_guard

network_guard.install()
