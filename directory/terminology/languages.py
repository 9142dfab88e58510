"""Languages spoken at a clinic: BCP-47 tags, what English calls them and what they call themselves."""

from dataclasses import dataclass

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """`code` is a BCP-47 tag; `own_name` is shown with `lang` set to the tag."""

    code: str
    label: str
    own_name: str
    right_to_left: bool = False


LANGUAGES: CodeList[Language] = CodeList(
    "languages",
    (
        Language(code="en", label=_("English"), own_name="English"),
        Language(code="es", label=_("Spanish"), own_name="Español"),
        Language(code="ase", label=_("American Sign Language"), own_name="American Sign Language"),
        Language(code="cmn", label=_("Mandarin Chinese"), own_name="普通话"),
        Language(code="yue", label=_("Cantonese"), own_name="廣東話"),
        Language(code="vi", label=_("Vietnamese"), own_name="Tiếng Việt"),
        Language(code="tl", label=_("Tagalog"), own_name="Tagalog"),
        Language(code="ko", label=_("Korean"), own_name="한국어"),
        Language(code="ar", label=_("Arabic"), own_name="العربية", right_to_left=True),
        Language(code="fr", label=_("French"), own_name="Français"),
        Language(code="ht", label=_("Haitian Creole"), own_name="Kreyòl ayisyen"),
        Language(code="pt", label=_("Portuguese"), own_name="Português"),
        Language(code="ru", label=_("Russian"), own_name="Русский"),
        Language(code="uk", label=_("Ukrainian"), own_name="Українська"),
        Language(code="pl", label=_("Polish"), own_name="Polski"),
        Language(code="de", label=_("German"), own_name="Deutsch"),
        Language(code="it", label=_("Italian"), own_name="Italiano"),
        Language(code="hi", label=_("Hindi"), own_name="हिन्दी"),
        Language(code="ur", label=_("Urdu"), own_name="اردو", right_to_left=True),
        Language(code="pa", label=_("Punjabi"), own_name="ਪੰਜਾਬੀ"),
        Language(code="bn", label=_("Bengali"), own_name="বাংলা"),
        Language(code="gu", label=_("Gujarati"), own_name="ગુજરાતી"),
        Language(code="fa", label=_("Persian"), own_name="فارسی", right_to_left=True),
        Language(code="he", label=_("Hebrew"), own_name="עברית", right_to_left=True),
        Language(code="ja", label=_("Japanese"), own_name="日本語"),
        Language(code="so", label=_("Somali"), own_name="Soomaali"),
        Language(code="am", label=_("Amharic"), own_name="አማርኛ"),
        Language(code="hmn", label=_("Hmong"), own_name="Hmoob"),
        Language(code="nv", label=_("Navajo"), own_name="Diné bizaad"),
        Language(code="haw", label=_("Hawaiian"), own_name="ʻŌlelo Hawaiʻi"),
        Language(code="sm", label=_("Samoan"), own_name="Gagana Samoa"),
        Language(code="ch", label=_("Chamorro"), own_name="Finu' Chamoru"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpreterKind:
    """How a clinic bridges a language nobody there speaks."""

    code: str
    label: str


INTERPRETERS: CodeList[InterpreterKind] = CodeList(
    "interpreters",
    (
        InterpreterKind(code="NONE", label=_("No interpreter")),
        InterpreterKind(code="PHONE", label=_("Interpreter by phone")),
        InterpreterKind(code="VIDEO", label=_("Interpreter by video")),
        InterpreterKind(code="ONSITE", label=_("Interpreter on site")),
    ),
)
