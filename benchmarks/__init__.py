"""Measures what must be fast; run with `make benchmark`."""
