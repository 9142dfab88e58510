"""Builds the gazetteer in seed/reference from named packages of the public registries."""
