"""People and how they sign in. A person need not have an account."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from liandong.core import crypto, ids, masking
from liandong.core.pinyin import initials_of, pinyin_of


def new_person_number() -> str:
    """The volunteer number: nine letters that say nothing about the person."""
    return "L" + ids.short_code(8)


def id_number_hash(number: str, *, kind: str = "resident") -> str:
    """What an ID number is found by: equal numbers of one kind give equal hashes."""
    return crypto.keyed_hash(number if kind == "resident" else f"{kind}:{number}", purpose="id-number")


class Sex(models.TextChoices):
    UNKNOWN = "", _("Not given")
    FEMALE = "F", _("Female")
    MALE = "M", _("Male")


class IdKind(models.TextChoices):
    RESIDENT = "resident", _("Resident ID card")
    HKMT_RESIDENCE = "hkmt_residence", _("Residence permit for people of Hong Kong, Macao and Taiwan")
    HKM_PERMIT = "hkm_permit", _("Travel permit for people of Hong Kong and Macao")
    TAIWAN_PERMIT = "taiwan_permit", _("Travel permit for people of Taiwan")
    PASSPORT = "passport", _("Passport")
    FOREIGN_CARD = "foreign_card", _("Permanent residence card for foreigners")


class IdRule(models.TextChoices):
    """The rules that may ask for an identity number. Without one of them Liandong does not."""

    RECORD = "record", _("My service record shall carry it (Order 67, article 5)")
    CERTIFICATE = "certificate", _("A certificate shall name my document (guidance of 2015)")
    INSURANCE = "insurance", _("Accident insurance before a risky activity (Decree 685, article 17)")


class Person(models.Model):
    """Somebody: resident, employee, volunteer, worker. Known by name; phone and ID number only where a rule or a purpose asks for them.

    An erased person keeps their volunteer number and nothing else: records that a law keeps stand under it.
    """

    ID_PLACE = "accounts.person.id_number"

    number = models.CharField(max_length=12, unique=True, default=new_person_number, editable=False)
    name = models.CharField(max_length=50)
    pinyin = models.CharField(max_length=200, editable=False, db_collation="C")  # so that one index serves both order and beginnings
    initials = models.CharField(max_length=50, editable=False)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True, default="")
    birth_date = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    id_number_sealed = models.TextField(blank=True, editable=False)
    id_number_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    id_kind = models.CharField(max_length=20, choices=IdKind.choices, default=IdKind.RESIDENT)
    id_rule = models.CharField(max_length=20, choices=IdRule.choices, blank=True, default="")
    id_given_at = models.DateTimeField(null=True, blank=True)
    guardian = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    erased_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["phone"], name="accounts_person_phone"),
            models.Index(fields=["name", "birth_date"], name="accounts_person_name_birth"),
            models.Index(fields=["pinyin", "id"], name="accounts_person_order"),
            models.Index(fields=["initials"], name="accounts_person_initials", opclasses=["text_pattern_ops"]),
        ]
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="accounts_person_has_name")]

    def __str__(self) -> str:
        return self.masked_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_pinyin()
        if kwargs.get("update_fields") is not None and "name" in kwargs["update_fields"]:
            kwargs["update_fields"] = {*kwargs["update_fields"], "pinyin", "initials"}
        super().save(*args, **kwargs)

    def fill_pinyin(self) -> None:
        """Called by save(); bulk writers call it themselves."""
        self.pinyin = pinyin_of(self.name, person=True)[:200]
        self.initials = initials_of(self.name)[:50]

    @property
    def masked_name(self) -> str:
        return masking.mask_name(self.name)

    @property
    def masked_phone(self) -> str:
        return masking.mask_phone(self.phone)

    def set_id_number(self, value: str, *, kind: str = IdKind.RESIDENT) -> None:
        """Keep an ID number: sealed for reading with a right, hashed for finding. The seal opens in this person's row only."""
        self.id_kind = kind
        self.id_number_sealed = crypto.seal(value, place=self._id_place)
        self.id_number_hash = id_number_hash(value, kind=kind) if value else None

    def read_id_number(self) -> str:
        return crypto.open_sealed(self.id_number_sealed, place=self._id_place)

    @property
    def _id_place(self) -> str:
        return f"{self.ID_PLACE}:{self.number}"

    @property
    def masked_id_number(self) -> str:
        return masking.mask_id_number(self.read_id_number())

    @property
    def has_id_number(self) -> bool:
        return self.id_number_hash is not None


class AccountManager(BaseUserManager["Account"]):
    def get_queryset(self) -> models.QuerySet["Account"]:
        """With the person: whoever is signed in is read in one query."""
        return super().get_queryset().select_related("person")

    def create_account(self, *, person: Person, phone: str | None = None, username: str | None = None, password: str | None = None) -> "Account":
        account = self.model(person=person, phone=phone or None, username=username or None)
        account.set_password(password)
        account.save()
        return account


class Account(AbstractBaseUser):
    """A way in for a person: by phone and code, by user name and password for staff."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    phone = models.CharField(max_length=20, null=True, blank=True, unique=True)
    username = models.CharField(max_length=60, null=True, blank=True, unique=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    is_system_admin = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AccountManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(phone__isnull=False) | models.Q(username__isnull=False), name="accounts_account_has_a_way_in")
        ]

    def __str__(self) -> str:
        return str(self.person)


class SignInCode(models.Model):
    """A six-digit code sent to a phone: hashed, five minutes, five tries, one use, for one purpose."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("Sign in")
        CHANGE_PHONE = "change_phone", _("Change the phone")

    phone = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20, choices=Purpose.choices, default=Purpose.SIGN_IN)
    code_hash = models.CharField(max_length=64)
    sent_from = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone", "-sent_at"], name="accounts_code_phone"),
            models.Index(fields=["sent_from", "-sent_at"], name="accounts_code_from"),
        ]

    def __str__(self) -> str:
        return f"{masking.mask_phone(self.phone)} {self.sent_at:%H:%M}"


class FailedSignIn(models.Model):
    """A sign-in by password that failed. `key` is a keyed hash of the name or the address tried: enough to count."""

    key = models.CharField(max_length=64)
    failed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "-failed_at"], name="accounts_failed_key")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.failed_at:%H:%M}"


class Consent(models.Model):
    """What a person agreed to, when, through whom; withdrawn, never deleted."""

    class Purpose(models.TextChoices):
        SERVICE = "service", _("Using my details to arrange service")
        PROXY = "proxy", _("Somebody else acting for me")
        PUBLISH = "publish", _("Showing my name in public thanks")
        SHARE = "share", _("Passing my details to a partner organisation")
        IDENTITY = "identity", _("Keeping my identity number")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    words = models.TextField(blank=True)
    given_at = models.DateTimeField()
    given_through = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "purpose"], name="accounts_consent_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.purpose}"
