"""Labels for posts: what a model says of a text, never of a person or of a view."""
