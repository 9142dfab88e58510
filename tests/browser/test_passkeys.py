"""A passkey in a real browser: an invited moderator enrols one, signs out, and comes in with nothing typed."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.browser import axe
from tests.support.service import Service, command, free_port


def with_authenticator(page: Page, *, verifies: bool = True) -> Callable[[bool], None]:
    """A virtual authenticator in this page's browser, as a phone or laptop has one; returns a switch for its user."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable", {"enableUI": False})
    made = tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": verifies,
                "automaticPresenceSimulation": True,
            }
        },
    )

    def verify(yes: bool) -> None:
        tools.send("WebAuthn.setUserVerified", {"authenticatorId": made["authenticatorId"], "isUserVerified": yes})

    return verify


def test_a_moderator_enrols_a_passkey_and_signs_in_with_it(
    start: Callable[..., Service], page: Page, tmp_path: Any, keys_file: Any
) -> None:
    port = free_port()
    here = f"http://localhost:{port}"
    settings: dict[str, Any] = {"base_url": here, "keys_file": keys_file, "worker_inside": "no"}
    assert command("migrate", data_dir=tmp_path / "var", **settings).returncode == 0
    printed = command(
        "user", "add", "--mailbox", "mo@x.example", "--role", "moderator", data_dir=tmp_path / "var", **settings
    )
    found = re.search(rf"{here}(/invitation/\S+)", printed.stdout)
    assert found is not None, printed.stderr
    start("serve", port=port, **settings).wait_until_ready()
    verify = with_authenticator(page)

    page.goto(here + found.group(1))
    expect(page.get_by_role("heading", level=1)).to_have_text("You are invited")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("What to call it").fill("Work laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep these recovery codes")
    expect(page.locator("#codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them: continue").click()
    expect(page.get_by_role("link", name="Queue")).to_have_attribute("aria-current", "true")
    page.goto(here + "/account")
    expect(page.locator("#factors strong").filter(has_text="Work laptop")).to_be_visible()
    assert axe(page) == []

    page.get_by_role("button", name="Sign out", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto(here + "/account")
    expect(page).to_have_url(here + "/sign-in?next=/account")

    verify(False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That did not work.")).to_be_visible()
    verify(True)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    expect(page.locator("#roles strong").filter(has_text="Moderator")).to_be_visible()
