"""Languages spoken at a clinic: BCP-47 tags, what English calls them and what they call themselves."""

from dataclasses import dataclass

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
        Language(code="en", label="English", own_name="English"),
        Language(code="es", label="Spanish", own_name="Español"),
        Language(code="ase", label="American Sign Language", own_name="American Sign Language"),
        Language(code="cmn", label="Mandarin Chinese", own_name="普通话"),
        Language(code="yue", label="Cantonese", own_name="廣東話"),
        Language(code="vi", label="Vietnamese", own_name="Tiếng Việt"),
        Language(code="tl", label="Tagalog", own_name="Tagalog"),
        Language(code="ko", label="Korean", own_name="한국어"),
        Language(code="ar", label="Arabic", own_name="العربية", right_to_left=True),
        Language(code="fr", label="French", own_name="Français"),
        Language(code="ht", label="Haitian Creole", own_name="Kreyòl ayisyen"),
        Language(code="pt", label="Portuguese", own_name="Português"),
        Language(code="ru", label="Russian", own_name="Русский"),
        Language(code="uk", label="Ukrainian", own_name="Українська"),
        Language(code="pl", label="Polish", own_name="Polski"),
        Language(code="de", label="German", own_name="Deutsch"),
        Language(code="it", label="Italian", own_name="Italiano"),
        Language(code="hi", label="Hindi", own_name="हिन्दी"),
        Language(code="ur", label="Urdu", own_name="اردو", right_to_left=True),
        Language(code="pa", label="Punjabi", own_name="ਪੰਜਾਬੀ"),
        Language(code="bn", label="Bengali", own_name="বাংলা"),
        Language(code="gu", label="Gujarati", own_name="ગુજરાતી"),
        Language(code="fa", label="Persian", own_name="فارسی", right_to_left=True),
        Language(code="he", label="Hebrew", own_name="עברית", right_to_left=True),
        Language(code="ja", label="Japanese", own_name="日本語"),
        Language(code="so", label="Somali", own_name="Soomaali"),
        Language(code="am", label="Amharic", own_name="አማርኛ"),
        Language(code="hmn", label="Hmong", own_name="Hmoob"),
        Language(code="nv", label="Navajo", own_name="Diné bizaad"),
        Language(code="haw", label="Hawaiian", own_name="ʻŌlelo Hawaiʻi"),
        Language(code="sm", label="Samoan", own_name="Gagana Samoa"),
        Language(code="ch", label="Chamorro", own_name="Finu' Chamoru"),
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
        InterpreterKind(code="NONE", label="No interpreter"),
        InterpreterKind(code="PHONE", label="Interpreter by phone"),
        InterpreterKind(code="VIDEO", label="Interpreter by video"),
        InterpreterKind(code="ONSITE", label="Interpreter on site"),
    ),
)
