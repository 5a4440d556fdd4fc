"""English as customers write it."""

from __future__ import annotations

from studio.simulation.languages.english_facts import FACTS
from studio.simulation.languages.english_feelings import FEELINGS
from studio.simulation.languages.english_pressure import PRESSURE
from studio.simulation.languages.english_wishes import WISHES

ACTS: dict[str, tuple[str, ...]] = {**FACTS, **WISHES, **FEELINGS, **PRESSURE}
