"""States, the District of Columbia and the inhabited territories, by USPS code."""

from dataclasses import dataclass

from directory.terminology.code_list import CodeList


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`kind` is state, district or territory."""

    code: str
    label: str
    kind: str = "state"


_STATES = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|FL Florida|"
    "GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|"
    "MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|"
    "NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|"
    "OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|"
    "UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming"
)

STATES: CodeList[State] = CodeList(
    "states",
    (
        *(State(code=entry[:2], label=entry[3:]) for entry in _STATES.split("|")),
        State(code="DC", label="District of Columbia", kind="district"),
        State(code="PR", label="Puerto Rico", kind="territory"),
        State(code="GU", label="Guam", kind="territory"),
        State(code="VI", label="U.S. Virgin Islands", kind="territory"),
        State(code="AS", label="American Samoa", kind="territory"),
        State(code="MP", label="Northern Mariana Islands", kind="territory"),
    ),
)

_BY_NAME = {state.label.casefold(): state for state in STATES}


def find_state(text: str) -> State | None:
    """A state by its USPS code or its full name, in any case; None when it is neither."""
    wanted = " ".join(text.split())
    return STATES.find(wanted.upper()) or _BY_NAME.get(wanted.casefold())
