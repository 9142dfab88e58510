"""The fixtures every test may ask for; each stands in its own file under tests/support/."""

pytest_plugins = [
    "tests.support.run",
    "tests.support.outside_data",
    "tests.support.time",
    "tests.support.databases",
    "tests.support.mail",
    "tests.support.registry",
    "tests.support.service",
    "tests.support.site",
    "tests.support.browser",
    "tests.support.map_page",
]
