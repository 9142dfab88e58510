"""The clinic's public page, its contact card and the letter to print: what is known of it, each fact with its proof."""

from directory.lib import clock
from directory.lib.errors import NotFound
from directory.listings import moved
from directory.listings import queries as listings
from directory.listings.records import ClinicRecord
from directory.search.clinic_view import view_of
from directory.search.linked_data import linked_data
from directory.search.seen import is_ahead_of_a_reader
from directory.verification import queries as verification
from directory.web.edge import is_head
from directory.web.routes import AnyRequest, Db, FromPath, Page, anyone, reads
from directory.web.shell import attachment, moved_to, page
from directory.wording.say import _


@reads("/clinics/{slug:str}", guard=anyone)
def show(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """200 with the page; a paused or closed listing shows its neutral notice alone. 301 for one that was merged."""
    kept = moved.find_kept_slug(db, slug)
    if kept is not None:
        return moved_to(f"/clinics/{kept}")
    verified = verification.get_clinic(db, slug, at=clock.now())
    public = verified.clinic.terms.public
    template = "search/clinic.html" if public else "search/clinic_notice.html"
    said = linked_data(verified, base_url=request.app.state.settings.base_url)
    answer = page(request, template, public=True, view=view_of(verified), linked_data=said, section="find")
    if public and not is_head(request.scope) and not is_ahead_of_a_reader(request.headers):
        request.app.state.seen.notice(verified.clinic.location_id)
    return answer


@reads("/clinics/{slug:str}/letter", guard=anyone)
def letter(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """A letter to print and fill in by hand, for a clinic that takes no requests here or a person without e-mail."""
    verified = verification.get_clinic(db, slug, at=clock.now())
    _public(verified.clinic)
    return page(request, "search/clinic_letter.html", public=True, view=view_of(verified), section="find")


@reads("/clinics/{slug:str}/contact.vcf", guard=anyone)
def contact_card(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """The clinic as a vCard 4.0 (RFC 6350)."""
    clinic = _public(listings.get_clinic(db, slug))
    return attachment(vcard(clinic).encode(), media_type="text/vcard", filename=f"{clinic.slug}.vcf")


def vcard(clinic: ClinicRecord) -> str:
    """RFC 6350: CRLF line ends, lines folded at 75 octets, `, ; \\` escaped in text."""

    def text(value: str) -> str:
        escaped = value.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
        return " ".join(escaped.split())

    street = text(" ".join(part for part in (clinic.address1, clinic.address2) if part))
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:org",
        f"FN:{text(clinic.name)}",
        f"ORG:{text(clinic.organization.name)}",
        f"ADR;TYPE=work:;;{street};{text(clinic.city)};{clinic.state};{clinic.zip5};USA",
        f"GEO:geo:{clinic.point.latitude:.4f},{clinic.point.longitude:.4f}",
    ]
    if clinic.phone:
        lines.append(f"TEL;VALUE=uri;TYPE=work,voice:tel:{clinic.phone}")
    if clinic.fax:
        lines.append(f"TEL;VALUE=uri;TYPE=work,fax:tel:{clinic.fax}")
    if clinic.url:
        lines.append(f"URL:{clinic.url}")
    lines.append("END:VCARD")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _folded(line: str) -> str:
    # By octets, never inside a character.
    pieces, piece, used = [], "", 0
    for character in line:
        size = len(character.encode())
        if used + size > 75:
            pieces.append(piece)
            piece, used = "", 1  # the space that marks a continuation counts
        piece += character
        used += size
    return "\r\n ".join([*pieces, piece])


def _public(clinic: ClinicRecord) -> ClinicRecord:
    if not clinic.terms.public:
        raise NotFound(_("There is no clinic at this address. It may have been removed."))
    return clinic


ROUTES = [show, letter, contact_card]
