"""The vocabulary of the service. Imports no other package of it."""
