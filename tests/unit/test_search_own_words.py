"""What a clinic wrote itself is shown in the reader's language where the clinic wrote it there."""

import dataclasses

from directory.lib.db import Databases, reading
from directory.lib.languages import SPANISH, speaking
from directory.listings.queries import get_clinic
from directory.search.own_words import own_words
from tests.support.requests import SLUG, ready_clinic
from tests.support.time import Clock


def test_a_reader_in_spanish_gets_the_clinics_spanish_or_its_english_marked(databases: Databases, clock: Clock) -> None:
    ready_clinic(databases)
    with reading(databases) as db:
        found = get_clinic(db, SLUG)
    clinic = dataclasses.replace(found, description="By the water <3.", description_es="")
    both = dataclasses.replace(clinic, description_es="Junto al agua.")
    assert own_words(both, "description") == "By the water <3."
    with speaking(SPANISH):
        assert own_words(both, "description") == "Junto al agua."
        assert own_words(clinic, "description") == '<span lang="en">By the water &lt;3.</span>'
        assert own_words(dataclasses.replace(clinic, description=""), "description") == ""


def test_a_clinics_spanish_is_read_by_the_claims_lint_as_its_english_is(databases: Databases, clock: Clock) -> None:
    ready_clinic(databases)
    with reading(databases) as db:
        clinic = dataclasses.replace(get_clinic(db, SLUG), ride_home_rule_es="Venga con alguien.")
    assert ("ride_home_rule_es", "Venga con alguien.") in clinic.texts


def test_the_name_of_an_organization_is_read_too_however_it_came_here(databases: Databases, clock: Clock) -> None:
    ready_clinic(databases)
    with reading(databases) as db:
        clinic = get_clinic(db, SLUG)
    named = dataclasses.replace(clinic, organization=dataclasses.replace(clinic.organization, name="Miracle Ketamine"))
    assert ("organization", "Miracle Ketamine") in named.texts
    titles = {each.title for person in clinic.team for each in person.qualifications}
    assert titles <= {text for field, text in clinic.texts if field == "team"}
