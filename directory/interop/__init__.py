"""The machine's view: JSON over HTTP, described by an OpenAPI document and a page to read it on."""
