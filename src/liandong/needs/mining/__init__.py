"""Common needs found in what people wrote. Plain data in, plain data out: this package knows no Django and no database.

    mined = mine([Text("挂号要用手机，我不会点", place="北郎东社区"), …], places=["北郎东社区", …])
    for theme in mined.themes: theme.label, theme.phrases, theme.stability, theme.members
    index = Index.of(texts, mined); index.place(Text("不会在手机上挂号"))

`sentences.asking` finds the sentences of a longer text that state a need.
"""

from liandong.needs.mining.index import Index, Placed
from liandong.needs.mining.likeness import Embed
from liandong.needs.mining.sentences import Sentence, asking
from liandong.needs.mining.themes import Model, mine
from liandong.needs.mining.types import HARDLY_FITS, Member, Mined, MinedTheme, Text

__all__ = ["HARDLY_FITS", "Embed", "Index", "Member", "Mined", "MinedTheme", "Model", "Placed", "Sentence", "Text", "asking", "mine"]
