from django import forms
from django.utils.translation import gettext_lazy as _

from liandong.evaluation.models import Rating


class RatingForm(forms.Form):
    """One face, and words for who wants."""

    score = forms.TypedChoiceField(
        label=_("How satisfied are you?"),
        choices=Rating.Score.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the four faces."), "invalid_choice": _("Choose one of the four faces.")},
    )
    words = forms.CharField(label=_("A few words"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))
