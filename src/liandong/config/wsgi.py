"""The WSGI entry point: granian, or any other server, loads `application` from here."""

import os

from django.core.wsgi import get_wsgi_application

from liandong.config.serve import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liandong.config.settings")
end_with_parent()
application = get_wsgi_application()
