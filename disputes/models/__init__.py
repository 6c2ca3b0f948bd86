"""The rows of the case and of everything around it."""
