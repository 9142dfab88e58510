"""The fixtures every test may ask for; each stands in its own file under tests/support/."""

from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is; speed belongs to `make bench`.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

pytest_plugins = [
    "tests.support.run",
    "tests.support.outside_data",
    "tests.support.time",
    "tests.support.databases",
    "tests.support.mail",
    "tests.support.partner",
    "tests.support.registry",
    "tests.support.service",
    "tests.support.site",
    "tests.support.browser",
    "tests.support.map_page",
    "tests.support.compiled",
]
