"""What a treatment costs, in words: the clinic's own dated price, typical prices with their sources, and who may pay.

Never a quote, and it says so. What no source tells is said to be unknown. Pure.
"""

from dataclasses import dataclass

from directory.listings.records import LineRecord, Price
from directory.search.course import Span
from directory.terminology.typical_prices import TypicalPrice, prices_for
from directory.wording import say
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """A sentence and what it rests on, with its year; both are shown."""

    sentence: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What to know of the cost of one treatment at one clinic; empty texts where there is nothing to say."""

    own: str
    own_note: str
    own_course: str
    typical: tuple[Sourced, ...]
    typical_unknown: str
    coverage: tuple[Sourced, ...]
    coverage_unknown: str
    use: str


def cost_of(line: LineRecord, *, price_shown: bool, visits: Span | None = None) -> Cost:
    """The cost of a line. Its own price only where `price_shown`: confirmed lately enough. `visits` are a course's."""
    price = line.price if price_shown else None
    typical = tuple(_typical(each) for each in prices_for(line.treatment))
    coverage = _coverage(line.treatment)
    return Cost(
        own=price_in_words(price) if price else "",
        own_note=price_note(price) if price else "",
        own_course=_own_course(price, visits) if price and visits else "",
        typical=typical,
        typical_unknown="" if typical else _("We found no source for what this treatment typically costs."),
        coverage=coverage,
        coverage_unknown="" if coverage else _("We found no source for who pays for this treatment. Ask your plan."),
        use=_use(line.treatment),
    )


def price_in_words(price: Price) -> str:
    """ "$450 to $550 a session"."""
    amount = say.price(price.lowest, price.highest)
    if price.per == "MONTH":
        return _("{price} a month").format(price=amount)
    if price.per == "COURSE":
        return _("{price} a course").format(price=amount)
    return _("{price} a session").format(price=amount)


def price_note(price: Price) -> str:
    """When the clinic said so, that it is no quote, and what it holds."""
    note = _("If you pay yourself, as the clinic said on {day}; not a quote.").format(day=say.day(price.as_of))
    included = [
        words
        for said, words in (
            (price.includes_evaluation, _("the first evaluation")),
            (price.includes_monitoring, _("monitoring")),
        )
        if said
    ]
    return _("{note} Includes {what}.").format(note=note, what=say.listing(included)) if included else note


def _own_course(price: Price, visits: Span) -> str:
    if price.per != "SESSION":
        return ""
    amount = say.price(price.lowest * visits.least, price.highest * visits.most)
    if visits.one:
        sentence = _("At that price, {n} visits would come to {price}. Other fees may be added. Not a quote.")
        return sentence.format(n=visits.most, price=amount)
    sentence = _("At that price, {least} to {most} visits would come to {price}. Other fees may be added. Not a quote.")
    return sentence.format(least=visits.least, most=visits.most, price=amount)


def _typical(price: TypicalPrice) -> Sourced:
    amount = say.price(price.lowest, price.highest)
    if price.figure == "range":
        sentence = _("{price} a session").format(price=amount)
    elif price.holds == "drug_and_visit":
        sentence = _("About {price} a session for the drug and the visit: half of the clinics ask more, half less")
        sentence = sentence.format(price=amount)
    else:
        sentence = _("{price} a session: half of the clinics ask more, half less").format(price=amount)
    return Sourced(sentence=sentence, source=_named(price.source.name, price.source.year))


def _named(name: str, year: int) -> str:
    return _("{source}, read in {year}").format(source=_(name), year=year)


def _coverage(treatment: str) -> tuple[Sourced, ...]:
    """Who may pay. Years are those in which the sources, which bear none, were read."""
    if treatment == "SPRAVATO":
        return (
            Sourced(
                sentence=_("Medicare Part B pays for Spravato. After the deductible you pay 20 percent."),
                source=_named("osmind.org", 2026),
            ),
            Sourced(
                sentence=_("TRICARE pays for Spravato, with approval ahead of time."),
                source=_named("humanamilitary.com", 2026),
            ),
            Sourced(
                sentence=_(
                    "Medicaid differs by state, and the VA gives Spravato at some sites. We have no list of either."
                ),
                source=_named("osmind.org", 2026),
            ),
            Sourced(
                sentence=_(
                    "Commercial plans mostly want to say yes ahead of time. The maker's savings program is for people "
                    "with commercial insurance only: they may pay as little as $10 a treatment, up to a limit each "
                    "year. Its help with the cost of being watched is not valid in Massachusetts, Michigan, "
                    "Minnesota and Rhode Island."
                ),
                source=_named("spravato.com", 2026),
            ),
        )
    if treatment == "KET_IV":
        return (
            Sourced(
                sentence=_(
                    "You mostly pay for infusions yourself, but not always: a plan in Massachusetts has rules by "
                    "which it pays. Ask your plan before you begin."
                ),
                source=_named("provider.bluecrossma.com", 2026),
            ),
        )
    return ()


def _use(treatment: str) -> str:
    """Where approved or off-label matters for who pays."""
    if treatment == "SPRAVATO":
        return _("Plans ask whether what you have is one of the two kinds of depression that Spravato is approved for.")
    if treatment in {"KET_IN_COMPOUNDED", "KET_ORAL_SL_CLINIC"}:
        return _("What is given is made by a pharmacy and not approved by FDA. Ask your plan whether it pays for that.")
    return _("This use is off-label: FDA has not reviewed it. Ask your plan whether it pays for off-label use.")
