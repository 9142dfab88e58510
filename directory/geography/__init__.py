"""Where things are: points, the bundled gazetteer, and what a person's words for a place mean."""
