"""The monthly public-opinion briefing: figures, text, and the documents made of them."""
