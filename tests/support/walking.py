"""People at browsers: a small street with its bodies and their staff, and somebody who walks through its pages as a person would."""

from django.urls import reverse
from playwright.sync_api import Error, Locator

from liandong.accounts.models import Person
from liandong.accounts.tests import factories as people
from liandong.organizations.models import Organization, Role, Territory
from liandong.organizations.tests import factories as bodies
from liandong.venues.models import Venue
from tests.support.browser import press

PASSWORD = "a-long-enough-pass-phrase"


class Street:
    """The bodies of a small street and one person of each who signs in by password."""

    def __init__(self) -> None:
        self.street = bodies.street(name="建外街道")
        self.community_place = bodies.territory(name="北郎东社区", parent=self.street)
        self.hub = self.body("建外街道社会动员中心", Organization.Kind.HUB, self.street)
        self.community = self.body("北郎东社区居委会", Organization.Kind.COMMUNITY, self.community_place)
        self.agency = self.body("暖邻社工事务所", Organization.Kind.AGENCY, self.street)
        self.firm = self.body("禾木科技有限公司", Organization.Kind.ENTERPRISE, self.community_place)
        self.venue = Venue.objects.create(
            name="北郎东社区活动站", host=self.community, territory=self.community_place, address="北郎东里 12 号楼 1 层", is_step_free=True
        )
        self.staff("zhoumin", "周敏", Role.HUB_MANAGER, self.street)
        self.staff("lifang", "李芳", Role.ORG_MANAGER, self.community)
        self.staff("zhaowenjing", "赵文静", Role.ORG_MANAGER, self.agency)
        self.staff("chenyu", "陈宇", Role.ORG_MANAGER, self.firm)

    def body(self, name: str, kind: str, place: Territory) -> Organization:
        return bodies.organization(name=name, kind=kind, place=place)

    def staff(self, username: str, name: str, role: str, on: Organization | Territory) -> Person:
        account = people.account(name=name, username=username, password=PASSWORD)
        bodies.grant(role, on=on, person=account.person)
        if isinstance(on, Organization):
            bodies.member(on, person=account.person, kind="staff")
        return account.person


class Walk:
    """A person at a browser."""

    def __init__(self, served, *, language: str, width: str, javascript: bool) -> None:
        self.page = served(width=width, language=language, javascript=javascript)

    def go(self, name: str, *args: object, query: str = "") -> "Walk":
        address = reverse(name, args=args) + query
        try:
            response = self.page.goto(address)
        except Error as error:  # a page that shows progress turned over by itself at that moment
            if "ERR_ABORTED" not in error.message:
                raise
            response = self.page.goto(address)
        assert response.status == 200, f"{response.status} {response.url}"
        return self

    def sign_in(self, username: str) -> "Walk":
        self.go("accounts:sign_in", query="?how=password")
        self.page.fill("[name=login]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.press("main form")
        return self

    def open(self, form: str) -> Locator:
        """Unfold what holds the form, as a person would by pressing its heading."""
        found = self.page.locator(form).first
        found.evaluate("form => { for (let e = form; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true }")
        return found

    def press(self, form: str, button: str = "button:not([type=button])") -> "Walk":
        """Send a form. What is folded away is opened first, as a person would."""
        found = self.open(form)
        press(found.locator(button).first)
        self.healthy()
        return self

    def press_docked(self, form_id: str) -> "Walk":
        """Send a form by the one solid button of the dock."""
        press(self.page.locator(f"button[form={form_id}]").first)
        self.healthy()
        return self

    def follow(self, href: str) -> "Walk":
        """Press a link to this address; it must be there to be seen."""
        press(self.page.locator(f"main a[href='{href}'], [class*=dock] a[href='{href}']").first)
        self.healthy()
        return self

    def fill(self, **values: str) -> "Walk":
        for name, value in values.items():
            self.page.locator(f"main [name={name.replace('__', '-')}]").first.fill(value)
        return self

    def healthy(self) -> None:
        errors = self.page.locator("main [role=alert]")
        assert errors.count() == 0, errors.first.inner_text()

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def sideways(self) -> int:
        """Pixels by which the page is wider than the screen."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
