"""Judgements about people who sign in: the last factor, the last owner, where a sign-in may lead, what a browser is."""

import datetime as dt
import uuid

import pytest

from directory.accounts import rules
from directory.accounts.permissions import Held, Role

HARBOUR, OTHER = uuid.uuid4(), uuid.uuid4()
ANA, BO = uuid.uuid4(), uuid.uuid4()
NOW = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)
PAGES = ("/", "/account", "/clinics/{slug:str}", "/clinic/sites/{slug:str}/{section:str}")


@pytest.mark.parametrize(("factors", "removable"), [(0, False), (1, False), (2, True)])
def test_the_last_factor_stays(factors: int, removable: bool) -> None:
    assert (rules.why_not_remove(factors) == "") == removable


def test_the_last_owner_stays() -> None:
    assert rules.why_not_end([ANA], ANA)
    assert rules.why_not_end([ANA, ANA], ANA), "two rows of one person are one owner"
    assert not rules.why_not_end([ANA, BO], ANA)
    assert not rules.why_not_end([ANA], BO), "who is no owner may always go"


@pytest.mark.parametrize("role", list(Role))
def test_only_an_owner_of_that_organization_offers_its_roles(role: Role) -> None:
    owner = (Held(Role.OWNER, HARBOUR),)
    offered = role in {Role.OWNER, Role.EDITOR, Role.INTAKE}
    assert (rules.why_not_invite(role, HARBOUR, held=owner) == "") == offered
    assert rules.why_not_invite(role, OTHER, held=owner)
    assert rules.why_not_invite(role, None, held=owner)
    assert rules.why_not_invite(role, HARBOUR, held=(Held(Role.EDITOR, HARBOUR), Held(Role.MODERATOR)))


def test_emergency_access_needs_another_person_within_four_hours() -> None:
    assert rules.why_not_approve(ANA, ANA, NOW, NOW)
    assert not rules.why_not_approve(ANA, BO, NOW, NOW + dt.timedelta(hours=3, minutes=59))
    assert rules.why_not_approve(ANA, BO, NOW, NOW + dt.timedelta(hours=4))


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://care.example.org", "care.example.org"),
        ("https://care.example.org:8443", "care.example.org"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", None),
        ("http://[::1]:8000", None),
    ],
)
def test_passkeys_are_bound_to_a_name_and_never_to_an_address(base_url: str, host: str | None) -> None:
    assert rules.relying_party(base_url) == host


@pytest.mark.parametrize(
    "wanted",
    ["/account", "/clinics/harbour", "/clinic/sites/harbour/about", "/account?done=saved", "/"],
)
def test_a_sign_in_leads_to_a_page_of_ours(wanted: str) -> None:
    assert rules.safe_path(wanted, PAGES) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "account",
        "//evil.example/account",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/account/../../evil",
        "/clinics/harbour/elsewhere",
        "/account\r\nSet-Cookie: a=b",
        "/clinics/" + "a" * 300,
    ],
)
def test_a_sign_in_leads_nowhere_else(wanted: str) -> None:
    assert rules.safe_path(wanted, PAGES) == ""


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_as_far_as_its_owner_needs(said: str, name: str) -> None:
    assert rules.browser_name(said) == name
