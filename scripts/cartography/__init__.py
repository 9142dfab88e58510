"""The steps from packages of the registries to the map data the browser draws."""
