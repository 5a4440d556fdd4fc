"""The long work of each stage, as jobs: reading, proposing, simulating, exporting."""
