"""What a careful reader would ask back: gaps, contradictions, open cases and terms."""
