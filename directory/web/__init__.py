"""The HTML shell: routes, pages, forms, errors, headers. Nothing of the domain."""
