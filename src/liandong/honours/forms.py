"""Forms about stars, awards, thanks and the wall. Rules live in services; a form only reads what was typed."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities.models import SignUp
from liandong.honours import quality
from liandong.honours.models import Award, Nomination, PressureAnswer, StarRule, ThanksNote, WallEntry
from liandong.honours.queries import awards as award_queries
from liandong.needs.models import Need
from liandong.organizations.models import Organization, Territory
from liandong.volunteers.models import Team

_NUMBERS = re.compile(r"[\s,，、/;；]+")


class HoursField(forms.CharField):
    """100, 300, 600: as people write lists of hours."""

    def clean(self, value: Any) -> Any:
        words = super().clean(value)
        parts = [part for part in _NUMBERS.split(words.strip()) if part]
        if any(not re.fullmatch(r"[0-9]{1,6}", part) for part in parts):
            raise forms.ValidationError(now_("Whole hours, please, with commas between them: 100, 300, 600."))
        return [int(part) for part in parts]


class NamesField(forms.CharField):
    def clean(self, value: Any) -> Any:
        words = super().clean(value)
        return [part.strip() for part in re.split(r"[,，、;；\n]+", words) if part.strip()]


class RuleForm(forms.Form):
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=_("Where does it hold?"), required=False, empty_label=_("Everywhere that has none of its own")
    )
    name = forms.CharField(label=_("Name of the set"), max_length=60, error_messages={"required": _("Give it a name.")})
    star_hours = HoursField(label=_("Hours for each star"), max_length=100, error_messages={"required": _("Say how many hours each star asks for.")})
    medal_hours = HoursField(label=_("Hours for each medal"), max_length=100, required=False)
    star_names = NamesField(label=_("Names of the stars"), max_length=200, required=False)
    medal_names = NamesField(label=_("Names of the medals"), max_length=200, required=False)
    quality = forms.ChoiceField(label=_("More than hours?"), required=False, widget=forms.RadioSelect)
    quality_percent = forms.IntegerField(label=_("At least how many percent?"), required=False, min_value=1, max_value=100)
    source = forms.CharField(
        label=_("Where is this rule written?"),
        max_length=200,
        error_messages={"required": _("Say where this rule is written: the paper and its number.")},
    )
    from_date = forms.DateField(label=_("From which day?"), widget=forms.DateInput, error_messages={"required": _("Choose a day.")})

    def __init__(self, *args: Any, places: QuerySet[Territory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].queryset = places  # type: ignore[attr-defined]
        self.fields["quality"].choices = [choice for choice in StarRule.Quality.choices if not choice[0] or choice[0] in quality.SOURCES]  # type: ignore[attr-defined]

    def clean_quality_percent(self) -> int:
        return self.cleaned_data["quality_percent"] or 0


class DecideForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class AwardForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=60, error_messages={"required": _("Give it a title.")})
    whom_for = forms.ChoiceField(label=_("Whom is it for?"), choices=Award.Whom.choices, widget=forms.RadioSelect)
    territory = forms.ModelChoiceField(Territory.objects.none(), label=_("Where?"), empty_label=None)
    issuer = forms.ModelChoiceField(Organization.objects.none(), label=_("Who grants it?"), empty_label=None)
    places = forms.IntegerField(label=_("How many at most?"), min_value=1, max_value=500, error_messages={"required": _("Say how many.")})
    criteria = forms.CharField(
        label=_("What is honoured?"),
        max_length=2_000,
        widget=forms.Textarea,
        error_messages={"required": _("Say what is honoured, so that people know whom to propose.")},
    )
    from_date = forms.DateField(label=_("Service from"), widget=forms.DateInput)
    to_date = forms.DateField(label=_("Service until"), widget=forms.DateInput)
    nominate_until_date = forms.DateField(label=_("Nominations until"), widget=forms.DateInput)
    notice_days = forms.IntegerField(label=_("Days of public notice"), min_value=Award.NOTICE_DAYS, max_value=60)

    def __init__(self, *args: Any, places: QuerySet[Territory], issuers: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].queryset = places  # type: ignore[attr-defined]
        self.fields["issuer"].queryset = issuers  # type: ignore[attr-defined]


class NominateForm(forms.Form):
    """Whom, and why. A person is found by number or mobile number, never by trying names."""

    whom = forms.CharField(
        label=_("Volunteer number or mobile number"), max_length=30, required=False, help_text=_("Leave it empty to propose yourself.")
    )
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Which team?"), empty_label=_("Choose a team"), error_messages={"required": _("Choose a team.")}
    )
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("Which organisation?"),
        empty_label=_("Choose an organisation"),
        error_messages={"required": _("Choose an organisation.")},
    )
    words = forms.CharField(
        label=_("What did they do?"),
        max_length=Nomination.LONGEST,
        widget=forms.Textarea,
        error_messages={"required": _("Say in a few sentences what they did.")},
    )
    proposed_for = forms.ModelChoiceField(Organization.objects.none(), label=_("In whose name?"), required=False, empty_label=_("In my own name"))

    def __init__(self, *args: Any, award: Award, bodies: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.award = award
        for name, used in (("whom", "person"), ("team", "team"), ("organization", "organization")):
            if award.whom_for != used:
                del self.fields[name]
        if "team" in self.fields:
            self.fields["team"].queryset = award_queries.teams_to_propose(award)  # type: ignore[attr-defined]
        if "organization" in self.fields:
            self.fields["organization"].queryset = award_queries.bodies_to_propose(award)  # type: ignore[attr-defined]
        self.fields["proposed_for"].queryset = bodies  # type: ignore[attr-defined]
        if not bodies:
            del self.fields["proposed_for"]


class EvidenceForm(forms.Form):
    need = forms.ModelChoiceField(Need.objects.none(), label=_("A need they served"), required=False, empty_label=_("None"))
    words = forms.CharField(label=_("What does it show?"), max_length=300, required=False)
    file = forms.FileField(label=_("A picture or a PDF"), required=False)

    def __init__(self, *args: Any, needs: QuerySet[Need], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["need"].queryset = needs  # type: ignore[attr-defined]
        if not needs:
            del self.fields["need"]


class WordsForm(forms.Form):
    """A few words to a step: endorsement, objection, answer."""

    words = forms.CharField(label=_("Your words"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ReviewForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("Score"),
        coerce=int,
        choices=[("", "–"), *((n, str(n)) for n in range(10, 0, -1))],
        error_messages={"required": _("Give a score from 1 to 10.")},
    )
    words = forms.CharField(label=_("Why"), max_length=300, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, error_messages={"required": _("Say why.")})


class ShowForm(forms.Form):
    """A person chooses the name, and says their age where it is not known; a team or body stands there by its name."""

    name_form = forms.ChoiceField(
        label=_("Which name shall stand there?"),
        choices=WallEntry.NameForm.choices,
        widget=forms.RadioSelect,
        initial=WallEntry.NameForm.MASKED,
        error_messages={"required": _("Please choose which name shall stand there.")},
    )
    nickname = forms.CharField(label=_("Nickname"), max_length=20, required=False)
    is_adult = forms.BooleanField(label=_("I am 18 or older"), required=False)

    def __init__(self, *args: Any, person: Person | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if person is None:
            self.fields.clear()
        elif person.birth_date is not None:
            del self.fields["is_adult"]


class ThanksForm(forms.Form):
    words = forms.CharField(
        label=_("Your words of thanks"),
        max_length=ThanksNote.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("A few words, please.")},
    )
    is_for_wall = forms.BooleanField(label=_("They may also stand on the honour wall, without my name"), required=False)
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)


class SignUpField(forms.ModelChoiceField):
    def label_from_instance(self, sign_up: SignUp) -> str:
        return sign_up.person.masked_name


class ThanksForForm(forms.Form):
    sign_up = SignUpField(
        SignUp.objects.none(),
        label=_("Who said it?"),
        empty_label=_("Choose somebody who was served"),
        error_messages={"required": _("Choose somebody.")},
    )
    words = forms.CharField(
        label=_("The words they said"),
        max_length=ThanksNote.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("A few words, please.")},
    )
    is_for_wall = forms.BooleanField(label=_("They agree that it stands on the honour wall, without their name"), required=False)

    def __init__(self, *args: Any, served: QuerySet[SignUp], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sign_up"].queryset = served  # type: ignore[attr-defined]


class PassOnForm(forms.Form):
    words = forms.CharField(
        label=_("The words as they go on"), max_length=ThanksNote.LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class PressureForm(forms.Form):
    was_pressed = forms.ChoiceField(
        label=_("Did anybody tell you that you must take part?"),
        choices=[("no", _("No")), ("yes", _("Yes"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )
    source = forms.ChoiceField(label=_("Who was it, if you like to say?"), choices=PressureAnswer.Source.choices[1:], required=False)


class CheckForm(forms.Form):
    code = forms.CharField(
        label=_("Number of the certificate"), max_length=40, error_messages={"required": _("Type the number that stands on the paper.")}
    )
