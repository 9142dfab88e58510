"""A patient finds supervised care nearby: the search read model, its pages, and the clinic's public page."""
