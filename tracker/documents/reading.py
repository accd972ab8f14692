"""An upload, read before anything is written: what it really is, under a name that can be shown.

Nothing of what a browser says is believed: the type is the content's, a picture is written anew, a name is cleaned.
"""

from dataclasses import dataclass
from hashlib import sha256

import puremagic

from tracker.documents import containers, images, rules
from tracker.documents.containers import UnsoundContainer
from tracker.documents.images import UnsoundImage
from tracker.documents.rules import MEDIA_TYPES
from tracker.policy import FieldError, Invalid

# A PDF ends with its trailer's mark; readers forgive a kilobyte after it (ISO 32000-1, annex H.3.4.4).
PDF_TAIL = 1024


@dataclass(frozen=True)
class Upload:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Received:
    """A file as it will be kept: its clean name with the ending of its type, its bytes and their SHA-256."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Under which the storage keeps it."""
        return sha256(self.content).hexdigest()

    @property
    def stem(self) -> str:
        """Its name without the ending: the title of a document nobody gave one."""
        return rules.split_name(self.name)[0][: rules.TITLE_LENGTH]


def receive(upload: Upload) -> Received:
    """The file as it will be kept. Raises Invalid, naming the file, what was found and what is expected."""
    name = rules.clean_name(upload.name)
    if not upload.content:
        raise _refused(name, "est vide")
    if len(upload.content) > rules.MAX_BYTES:
        found = rules.size_in_words(len(upload.content))
        raise _refused(name, f"pèse {found} : 8 Mo au plus sont attendus", "out_of_range", expected=False)
    try:
        media_type = _type_of(upload.content)
        content = _sound(upload.content, media_type)
    except (UnsoundContainer, UnsoundImage) as reason:
        raise _refused(name, str(reason)) from reason
    return Received(_named(name, media_type), media_type, content)


def _refused(name: str, found: str, code: str = "invalid", *, expected: bool = True) -> Invalid:
    told = f" ; {rules.EXPECTED}" if expected else ""
    return Invalid(FieldError("file", code, f"Fichier : « {name} » {found}{told}.", name))


def _type_of(content: bytes) -> str:
    """The media type of a content that is taken. Raises UnsoundContainer with what was found otherwise."""
    if content.startswith(containers.SIGNATURE):
        return containers.document_type(content)
    try:
        found = puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError) as error:
        raise UnsoundContainer("est d’un type inconnu") from error
    if found not in MEDIA_TYPES:
        raise UnsoundContainer(f"est {rules.REFUSED_WORDS.get(found, 'de type ' + (found or 'inconnu'))}")
    return found


def _sound(content: bytes, media_type: str) -> bytes:
    if media_type in rules.IMAGES:
        return images.reencoded(content, media_type)
    if media_type == rules.PDF:
        if b"%%EOF" not in content[-PDF_TAIL:]:
            raise UnsoundContainer("est un PDF tronqué")
        if containers.ends_as_archive(content):
            raise UnsoundContainer("est à la fois un PDF et une archive")
    return content


def _named(name: str, media_type: str) -> str:
    """The name under the ending of its type; one that announces another type is refused, not corrected."""
    about = MEDIA_TYPES[media_type]
    stem, ending = rules.split_name(name)
    if ending and ending not in about.endings:
        expected = " ou ".join(about.endings[:2])
        found = f"a un nom en « {ending} » mais son contenu est : {about.word} ; un nom en « {expected} » est attendu"
        raise _refused(name, found, expected=False)
    return stem[: rules.NAME_LENGTH - len(about.endings[0])] + (ending or about.endings[0])
