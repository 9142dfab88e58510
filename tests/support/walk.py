"""A person filling in the forms of the service in a browser: by mouse, or with the keyboard alone."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page

from directory.terminology.screening import QUESTIONS

MOST_PAGES = 40
MOST_STOPS = 120
PATIENT = {
    "danger": "no",
    "for_whom": "self",
    "adult": "yes",
    "patient_name": "Pat Quillfeather",
    "phone": "207 555 0123",
    "email": "pat@example.net",
    "prefers": "call",
    "voicemail": "no",
    "reach_note": "after 5 p.m.",
    "zip5": "10001",
    "condition": "TRD",
    "treatment": "not_sure",
    "payer": "commppo",
    "ride": "yes",
    "note": "I would rather come in the morning.",
}
CLINICIAN = {
    "sender_name": "Dr Rosa Rivera, MD",
    "npi": "1234567893",
    "organization": "Rivera Psychiatry",
    "sender_phone": "207 555 0177",
    "sender_mailbox": "rivera@example.com",
    "patient_name": "Pat Quillfeather",
    "role": "psychiatrist",
    "stays": "yes",
    "answer_by": "mail",
    "birth": "5/6/1980",
    "phone": "207 555 0123",
    "prefers": "call",
    "voicemail": "no",
    "zip5": "10001",
    "risk": "LOW",
    "risk_on": "today",
    "safety_plan": "YES",
    "diagnosis": "F33.2",
    "no_trials": "yes",
    "medicines": "none",
    "allergies": "none",
    "no_scales": "yes",
    "treatment": "not_sure",
    "urgency": "soon",
    "question": "Please evaluate for esketamine.",
    **dict.fromkeys(QUESTIONS.codes, "NO"),
    "pregnant": "NO",
    "lactation": "NO",
    "hepatic": "NONE",
    "payer": "commppo",
    "pa_status": "UNKNOWN",
    "investigate": "yes",
    "ride": "yes",
    "basis": "agreed",
    "part2": "no",
}
Look = Callable[[Page, str], None]


def press(page: Page) -> None:
    """The main button of the form in the main part of the page."""
    page.locator("main form button.button--primary").last.click()


def fill(page: Page, answers: dict[str, str]) -> None:
    """Answer every question of the page that `answers` knows; boxes to agree are ticked when nothing else is asked."""
    asked = page.locator("main form").locator("input:not([type=hidden]), select, textarea").all()
    for control in asked:
        name, kind = control.get_attribute("name") or "", control.get_attribute("type") or ""
        if kind == "checkbox" and name.startswith(("agree", "they_agree")):
            control.check()
        if name not in answers:
            continue
        if kind == "checkbox":
            control.set_checked(control.get_attribute("value") == answers[name])
        elif kind == "radio":
            if control.get_attribute("value") == answers[name]:
                control.check()
        elif control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(answers[name])
        else:
            control.fill(answers[name])


def fill_with_keys(page: Page, answers: dict[str, str]) -> None:
    """The same with Tab, the arrows, Space and letters; ends with Enter on the main button."""
    page.evaluate("document.activeElement?.blur()")
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        at = page.locator(":focus")
        if not at.count():
            continue
        name, kind = at.get_attribute("name") or "", at.get_attribute("type") or ""
        if "button--primary" in (at.get_attribute("class") or "") and at.evaluate("e => !!e.closest('main form')"):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
        agrees = name.startswith(("agree", "they_agree")) or answers.get(name) == at.get_attribute("value")
        if kind == "checkbox" and agrees:
            page.keyboard.press("Space")
        elif name in answers and kind != "checkbox":
            _answer_with_keys(page, at, kind, answers[name])
    raise AssertionError(f"no button within {MOST_STOPS} stops of Tab on {page.url}")


def _answer_with_keys(page: Page, at: Locator, kind: str, answer: str) -> None:
    if kind == "radio":
        page.keyboard.press("Space")
        while page.locator(":focus").get_attribute("value") != answer:
            before = page.locator(":focus").get_attribute("id")
            page.keyboard.press("ArrowDown")
            assert page.locator(":focus").get_attribute("id") != before
    elif at.evaluate("e => e.tagName") == "SELECT":
        label = at.locator(f"option[value='{answer}']").inner_text()
        page.keyboard.type(label)
    else:
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(answer)


def walk(page: Page, answers: dict[str, str], *, until: str, look: Look | None = None, keys: bool = False) -> None:
    """From the first page of a form to the address that ends with `until`.

    `look` sees each page twice: as it comes, and with the errors of an empty answer. A form sent quicker than people
    read asks once more; so does this.
    """
    for _ in range(MOST_PAGES):
        if page.url.endswith(until):
            return
        before = page.url
        if look is not None:
            look(page, "as it comes")
            press(page)
            if page.url == before:
                look(page, "with errors")
        if page.url != before:
            continue
        if keys:
            fill_with_keys(page, answers)
        else:
            fill(page, answers)
            press(page)
    raise AssertionError(f"{until} was not reached; the last page was {page.url}: {page.title()}")
