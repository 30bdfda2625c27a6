"""Reads public pages: fetch, parse, drop the author, mask the text, keep what is on topic."""
