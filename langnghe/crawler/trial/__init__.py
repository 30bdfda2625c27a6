"""A look at one address: what would be read there, step by step. Nothing of it is stored."""
