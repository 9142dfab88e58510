"""The filter form of the results page, put together from options that were rendered once from its components."""

from collections.abc import Mapping
from typing import Final

from jinja2 import Environment
from markupsafe import Markup

from directory.search import choices
from directory.search.matching import Counted
from directory.search.query import RADII, WHOLE_STATE, SearchQuery
from directory.search.ranking import LABELS, Order
from directory.web.kept import Mark, Mould, text
from directory.wording.say import _, number

OPEN_AT_FIRST: Final = frozenset({"treatment", "condition", "accepting"})
HINTS: Final = {
    "payer": _("The clinic says it works with these. Ask your insurer too."),
    "price": _("Per session, as the clinic says. Not a quote."),
    "language": _("Spoken by staff. Others through an interpreter."),
}
_INNER: Final = "inner"
_COUNTED: Final = 2_000
_COUNTS: Final = tuple(number(count).encode() for count in range(_COUNTED))


class FilterForm:
    """Fieldsets of filters with counts. Options that would find nothing are left out unless they are chosen."""

    def __init__(self, environment: Environment) -> None:
        self._group = environment.get_template("search/results/group.html")
        option = environment.get_template("search/results/option.html")
        self._options: dict[tuple[str, bool], list[tuple[str, bytes, bytes]]] = {}
        for checked in (False, True):
            slots = {slot: Mark(slot) for slot in ("name", "value", "label", "count")}
            mould = Mould(option.render(slots, checked=checked))
            for group in choices.GROUPS:
                self._options[group.name, checked] = [
                    (choice.code, *_halves(mould, group.name, choice.code, choice.label)) for choice in group.choices
                ]
        self._groups = {
            (group.name, chosen): self._fieldset(group.name, group.label, open=chosen or group.name in OPEN_AT_FIRST)
            for group in choices.GROUPS
            for chosen in (False, True)
        }
        self._radii = {radius: self._radius_group(radius) for radius in (*RADII, None)}
        self._orders = {order: self._order_group(order) for order in Order}

    def html(self, query: SearchQuery, radius: int | None, counted: Counted, state: str) -> list[bytes]:
        """The fieldsets for this search, in pieces; `state` is the name of the state that "the whole of …" means."""
        parts = [self._radii[radius].fill(state=text(state)), self._orders[query.order]]
        for group in choices.GROUPS:
            inner = self._inner(group.name, query.filters.get(group.name, ()), counted[group.name])
            if inner:
                parts += self._groups[group.name, group.name in query.filters].around(inner=inner)
        return parts

    def _inner(self, name: str, chosen: tuple[str, ...], counts: Mapping[str, int]) -> list[bytes]:
        parts: list[bytes] = []
        options = self._options[name, False]
        if chosen:
            both = zip(options, self._options[name, True], strict=True)
            options = [checked if checked[0] in chosen else plain for plain, checked in both]
        for code, before, after in options:
            count = counts.get(code, 0)
            if count or code in chosen:
                parts += (before, _COUNTS[count] if count < _COUNTED else number(count).encode(), after)
        return parts

    def _fieldset(self, name: str, label: str, *, open: bool) -> Mould:
        rendered = self._group.render(
            name=name,
            legend=label,
            options=(),
            type="checkbox",
            open=open,
            hint=HINTS.get(name, ""),
            inner=Mark(_INNER),
        )
        return Mould(rendered)

    def _radius_group(self, chosen: int | None) -> Mould:
        labels = {str(radius): _("Within {n} miles").format(n=radius) for radius in RADII}
        options = [_radio(value, label, checked=value == str(chosen)) for value, label in labels.items()]
        whole = Markup(_("All of {state}")).format(state=Mark("state"))  # noqa: S704 - a sentence of ours
        options.append(_radio(WHOLE_STATE, whole, checked=chosen is None))
        return Mould(self._radios("radius", _("Distance"), options, open=True))

    def _order_group(self, chosen: Order) -> bytes:
        options = [_radio(order.value, label, checked=order is chosen) for order, label in LABELS.items()]
        return Mould(self._radios("order", _("Order"), options, open=True)).fill()

    def _radios(self, name: str, legend: str, options: list[dict[str, object]], *, open: bool) -> str:
        context = {"name": name, "legend": legend, "options": options, "type": "radio", "open": open}
        return self._group.render(context, hint="", inner="")


def _halves(mould: Mould, name: str, value: str, label: str) -> tuple[bytes, bytes]:
    """What stands before and after the count of this option."""
    filled = mould.fill(name=text(name), value=text(value), label=text(label), count=text(Mark("count")))
    return Mould(filled.decode()).halves()


def _radio(value: str, label: str, *, checked: bool) -> dict[str, object]:
    return {"value": value, "label": label, "count": None, "checked": checked}
