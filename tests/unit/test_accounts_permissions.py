"""Roles and permissions as data: what is not granted is refused, and an organization's grants end at its door."""

import itertools
import uuid

import pytest

from directory.accounts.permissions import (
    GRANTS,
    IN_ORGANIZATION,
    LABELS,
    OF_THE_HOUSE,
    Held,
    Permission,
    Role,
    fits,
    may,
    organizations,
)

HARBOUR, OTHER = uuid.uuid4(), uuid.uuid4()


def test_every_role_has_grants_and_a_label() -> None:
    assert set(GRANTS) == set(LABELS) == set(Role)


def test_nobody_may_anything_without_a_role() -> None:
    assert not any(may((), permission) for permission in Permission)


@pytest.mark.parametrize(("role", "permission"), list(itertools.product(sorted(IN_ORGANIZATION), Permission)))
def test_a_role_of_one_organization_opens_no_other(role: Role, permission: Permission) -> None:
    held = (Held(role, HARBOUR),)
    assert not may(held, permission, OTHER)
    assert may(held, permission, HARBOUR) == may(held, permission) == (permission in GRANTS[role])


def test_what_is_granted_where() -> None:
    held = (Held(Role.EDITOR, HARBOUR), Held(Role.INTAKE, OTHER))
    assert organizations(held, Permission.ENTER_CLINIC) == (HARBOUR, OTHER)
    assert organizations(held, Permission.EDIT_LISTING) == (HARBOUR,)
    assert not may(held, Permission.ANSWER_REQUESTS, HARBOUR)


def test_no_role_of_the_house_reads_requests_and_none_at_all_reads_everybodys() -> None:
    for role in OF_THE_HOUSE:
        assert Permission.ANSWER_REQUESTS not in GRANTS[role], role
    assert not any(Permission.READ_ANY_REQUEST in granted for granted in GRANTS.values())


def test_an_intake_does_not_edit_and_an_editor_does_not_read_requests() -> None:
    assert Permission.EDIT_LISTING not in GRANTS[Role.INTAKE]
    assert Permission.ANSWER_REQUESTS not in GRANTS[Role.EDITOR]
    assert [role for role, granted in GRANTS.items() if Permission.MANAGE_TEAM in granted] == [Role.OWNER]


def test_a_role_names_an_organization_exactly_when_it_is_one_of_those() -> None:
    for role in Role:
        assert fits(role, HARBOUR) == (role in IN_ORGANIZATION)
        assert fits(role, None) == (role not in IN_ORGANIZATION)
