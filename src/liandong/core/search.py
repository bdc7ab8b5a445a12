"""Finding Chinese text. PostgreSQL cannot cut Chinese into words; they are cut here, for what is stored and for what is asked alike."""

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Value

from liandong.core.text import fold

LONGEST = 200  # of what is asked: PostgreSQL takes no word of two thousand letters


def words_of(text: str) -> list[str]:
    """'社区义诊' -> ['社区', '义诊']; letters and digits stay, lower case, punctuation goes."""
    import rjieba

    return [word for word in (part.strip() for part in rjieba.cut_for_search(fold(text).lower())) if word and any(c.isalnum() for c in word)]


def vector(*texts: str) -> SearchVector:
    """To be assigned to a `search` field of an existing row, or given to `update()`."""
    return SearchVector(Value(" ".join(word for text in texts for word in words_of(text or ""))), config="simple")


def query(text: str) -> SearchQuery:
    """All words of the text must be there. The last one may still be unfinished: it is found by its beginning."""
    words = ["".join(c for c in word if c.isalnum()) for word in words_of(text[:LONGEST])]
    if not words:
        return SearchQuery("", config="simple")
    return SearchQuery(
        " & ".join(f"'{word}'" for word in words[:-1]) + (" & " if words[1:] else "") + f"'{words[-1]}':*", config="simple", search_type="raw"
    )
