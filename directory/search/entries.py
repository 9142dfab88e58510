"""What the search knows of one public location: the payload of a SearchEntry, and its text form. No database here."""

import datetime as dt

import msgspec


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One treatment line. Codes are those of `terminology`; prices are whole US dollars a session."""

    treatment: str
    conditions: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()
    """Those that nothing speaks against; a filter finds the line under these alone."""
    doubted_payers: tuple[str, ...] = ()
    """Listed, and put in doubt by a refusal that nobody has answered since."""
    doubted: bool = False
    """Whether a refusal put the treatment itself in doubt."""
    psychotherapy_paired: bool = False
    referral_required: bool = False
    price_min: int | None = None
    price_max: int | None = None
    next_intake_on: dt.date | None = None


class Oversight(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Supervision in a line: who is on site while people are dosed, who watches over them, and for how long."""

    on_site: str = ""
    """Credential of the clinician present for the whole session, such as `MD`."""
    monitor: str = ""
    """Credential of whoever watches over the session."""
    observation_minutes: int | None = None
    pulse_oximetry: bool = False
    blood_pressure: bool = False


class Answers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """How it answered the requests of the last 90 days; there only from five requests on."""

    asked: int
    decided: int
    acknowledged: int | None = None
    median_minutes: int | None = None
    last_on: dt.date | None = None
    """The day of the last answer, where the clinic is."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One public location with its lines, complete enough for its card. Degrees are WGS-84."""

    location_id: str
    slug: str
    name: str
    organization: str
    city: str
    state: str
    zip5: str
    latitude: float
    longitude: float
    phone: str
    accepting_patients: str
    """A code, or empty when it is not confirmed: then the place is found, but under no answer to "new patients"."""
    confirmed_at: dt.date | None
    confirmed_by: str = ""
    """The method of the newest confirmation: a code of `terminology.proofs.METHODS`."""
    wait_days: int | None = None
    languages: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    takes_requests: bool = False
    """Whether a request can be sent from here: a proved channel, and the clinic has requests switched on."""
    stale: bool = False
    """Whether the last confirmation is too old to be relied on (91 days); said neutrally on the card."""
    oversight: Oversight | None = None
    answers: Answers | None = None
    lines: tuple[Line, ...]


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Entry)


def to_text(entry: Entry) -> str:
    """The entry as compact JSON, for the payload column."""
    return _encoder.encode(entry).decode()


def from_text(payload: str | bytes) -> Entry:
    """The entry of a payload. Raises msgspec.ValidationError when it is not one."""
    return _decoder.decode(payload)
