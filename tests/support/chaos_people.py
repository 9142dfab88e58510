"""The people of the chaos rounds: they ask, press again when nothing answers, and note what they were told."""

import contextlib
import datetime as dt
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import httpx
from litestar.datastructures import FormMultiDict

from directory.lib import clock
from directory.lib.db import Databases, unit_of_work
from directory.referrals import drafts
from directory.referrals.forms.steps import ASK
from directory.web.forms import fill
from tests.support.forms import form_of

PATIENCE_S = 120
"""How long a patient presses again before giving up on us: then the test has failed."""
AGREED = {"agree_collect": "yes", "agree_share": "yes"}

UNREACHED = "quarry-clinic"
"""The clinic whose mail server refuses everything."""

ANSWERS: dict[str, dict[str, str]] = {
    "danger": {"danger": "no"},
    "for": {"for_whom": "self"},
    "adult": {"adult": "yes"},
    "name": {"patient_name": "Pat Quillfeather"},
    "contact": {"phone": "207 555 0123", "prefers": "email"},
    "reach": {"voicemail": "no", "through": "", "reach_note": ""},
    "place": {"zip5": "04101"},
    "about": {"condition": "TRD"},
    "treatment": {"treatment": "SPRAVATO"},
    "insurance": {"payer": "commppo", "plan": ""},
    "needs": {"language": "en", "ride": "yes"},
    "ranking": {},
    "note": {"note": ""},
}


@dataclass
class Told:
    """What one patient saw: `reference` is set once a page said "sent"."""

    clinic: str
    mailbox: str
    then: tuple[str, ...] = ()
    """The clinics to be asked after it."""
    reference: str = ""
    presses: int = 0

    @property
    def contact(self) -> dict[str, str]:
        """Each patient has a phone as well: the same patient is not sent to the same clinic twice."""
        _pat, number, count = self.mailbox.partition("@")[0].split("-")
        return {"email": self.mailbox, "phone": f"207 5{int(number):02}{int(count):04}"}


@dataclass
class Tally:
    """What happened, and what is wrong (nothing, when all holds)."""

    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    moves: int = 0
    """Times that the next clinic was asked."""
    bounces: int = 0
    told: list[Told] = field(default_factory=list)
    requests: int = 0
    mails: int = 0
    repeated_mails: int = 0
    seconds: float = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        """Requests whose sender saw "sent"."""
        return sum(1 for each in self.told if each.reference)

    @property
    def repeated_presses(self) -> int:
        """Times the button was pressed again."""
        return sum(max(0, each.presses - 1) for each in self.told)


class Patient(threading.Thread):
    """Sends one request after another until told to stop. `clinics` are slugs and the ids of their locations.

    The first patient goes through every page; the others take up forms that are filled in up to the last page, so
    that most kills fall on the moment of sending.
    """

    def __init__(
        self,
        number: int,
        *,
        urls: list[str],
        databases: Databases,
        clinics: dict[str, UUID],
        stop: threading.Event,
        tally: Tally,
    ) -> None:
        super().__init__(name=f"patient-{number}", daemon=True)
        self._number = number
        self._urls = urls
        self._databases = databases
        self._clinics = clinics
        self._stop_asked = stop
        self._tally = tally
        self._chance = random.Random(number)
        self.problem: BaseException | None = None

    def run(self) -> None:
        """Request after request; the one under way is finished."""
        count = 0
        try:
            while not self._stop_asked.is_set():
                count += 1
                self._ask(count)
                self._stop_asked.wait(self._chance.uniform(0.05, 0.4))
        except BaseException as error:
            self.problem = error

    def _ask(self, count: int) -> None:
        told = self._wish(count)
        self._tally.told.append(told)
        # Each request comes from a network of its own: limits are another test's business.
        headers = {"X-Forwarded-For": f"198.18.{self._number}.{count % 250 + 1}"}
        with httpx.Client(timeout=10, trust_env=False, headers=headers) as browser:
            if self._number == 0:
                self._fill_in(browser, told)
            else:
                browser.cookies.set("form-ask", self._filled_in(told), domain="127.0.0.1")
            self._send(browser, told)

    def _wish(self, count: int) -> Told:
        """Whom to ask: never first whom no mail reaches; the patient at the pages ranks nobody who may be gone."""
        reached = [slug for slug in self._clinics if slug != UNREACHED]
        first = self._chance.choice(reached)
        others = [slug for slug in (reached if self._number == 0 else self._clinics) if slug != first]
        then = tuple(self._chance.sample(others, self._chance.choice((0, 1, 2, 2))))
        return Told(first, f"pat-{self._number}-{count}@example.net", then)

    def _filled_in(self, told: Told) -> str:
        """A form with every answer but the last press, begun a while ago; the token of its cookie."""
        typed = ANSWERS | {"contact": ANSWERS["contact"] | told.contact, "ranking": _ranks(told)}
        with unit_of_work(self._databases) as db:
            begun_at = clock.now() - dt.timedelta(minutes=5)
            location_id = self._clinics[told.clinic]
            draft, token = drafts.begin(db, kind=ASK.kind, location_id=location_id, agreed=AGREED, at=begun_at)
            answers = drafts.answers(db, draft)
            for step in ASK.steps:
                if step.kept and step.asked(answers):
                    form = fill(step.form, FormMultiDict(typed[step.name])).form
                    assert form is not None, step.name
                    answers = drafts.keep(db, draft, step=step.name, given=form.model_dump(mode="json"))
        return token

    def _fill_in(self, browser: httpx.Client, told: Told) -> None:
        at = self._submit(browser, f"/clinics/{told.clinic}/ask", **AGREED)
        began = time.monotonic()  # the form began before this answer, however often its first page was sent
        while (step := at.rsplit("/", 1)[1].partition("?")[0]) in ANSWERS:
            more = {"contact": told.contact, "ranking": _ranks(told)}.get(step, {})
            at = self._submit(browser, at, **ANSWERS[step] | more)
        if at != "/ask/check":
            raise AssertionError(f"the form led to {at}")
        threading.Event().wait(max(0.0, 2.1 - (time.monotonic() - began)))  # quicker than that is no person

    def _send(self, browser: httpx.Client, told: Told) -> None:
        check = form_of(self._get(browser, "/ask/check"), with_field="key")

        def counted(url: str) -> httpx.Response:
            told.presses += 1
            return browser.post(f"{url}/ask/check", data=check.hidden)

        for _press in range(self._chance.choice((1, 1, 2))):
            self._insist(counted, 303)
        page = self._get(browser, "/ask/sent")
        told.reference = page[page.index("R-") : page.index("R-") + 9]

    def _submit(self, browser: httpx.Client, path: str, **typed: str) -> str:
        found = form_of(self._get(browser, path))
        data, to = found.hidden | typed, found.action or path
        return str(self._insist(lambda url: browser.post(url + to, data=data), 303).headers["location"])

    def _get(self, browser: httpx.Client, path: str) -> str:
        return self._insist(lambda url: browser.get(url + path), 200).text

    def _insist(self, act: Callable[[str], httpx.Response], wanted: int) -> httpx.Response:
        """Ask one server or the other until one answers; a page of 5xx is no answer, everything else is."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                answer = act(self._chance.choice(self._urls))
                if answer.status_code == wanted:
                    return answer
                if answer.status_code < 500:
                    raise AssertionError(f"{answer.request.url}: {answer.status_code} {answer.text[:2000]}")
            threading.Event().wait(0.05)
        raise AssertionError(f"no server answered for {PATIENCE_S} seconds")


def _ranks(told: Told) -> dict[str, str]:
    return dict(zip(("second", "third", "fourth", "fifth"), told.then, strict=False))
