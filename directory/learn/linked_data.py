"""A page that explains as schema.org data, for machines that read pages. Pure."""

from markupsafe import Markup

from directory.learn.articles import Article, Audience
from directory.terminology.conditions import CONDITIONS
from directory.terminology.treatments import TREATMENTS
from directory.web.linked_data import as_markup


def linked_data(article: Article, *, base_url: str) -> Markup:
    """The page as schema.org MedicalWebPage. A reviewer is named only when there was one, and read this very text."""
    about = article.about
    root = base_url.rstrip("/")
    said: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": about.title,
        "description": about.summary,
        "url": f"{root}{article.href_in_its_language if article.is_translation else article.href}",
        "inLanguage": article.language,
        "isAccessibleForFree": True,
        "datePublished": about.written_on.isoformat(),
        "audience": {
            "@type": "MedicalAudience",
            "audienceType": "Clinician" if about.audience is Audience.CLINICIAN else "Patient",
        },
        "about": [
            *({"@type": "MedicalCondition", "name": str(CONDITIONS[code].label)} for code in about.conditions),
            *({"@type": "Drug", "name": name} for name in sorted({TREATMENTS[c].drug for c in about.treatments})),
        ],
        "citation": [source.name for source in article.sources],
    }
    if article.is_translation:
        said["translationOfWork"] = {"@type": "MedicalWebPage", "url": f"{root}{article.href}"}
    if about.reviewed_on is not None:
        said |= {
            "lastReviewed": about.reviewed_on.isoformat(),
            "reviewedBy": {"@type": "Person", "name": about.reviewed_by},
        }
    return as_markup(said)
