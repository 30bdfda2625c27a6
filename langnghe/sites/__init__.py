"""The sample site: invented pages for the commune Bình Lư, served on loopback.

Tests, the demo and the screenshots read it with the real spiders. It imports only `core`.
"""
