"""Keeps the service going: when what runs, and whether all is well."""
