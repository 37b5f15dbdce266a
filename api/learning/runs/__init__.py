"""Trainings as jobs: one at a time, followed live, cancelled at once, never half done."""
