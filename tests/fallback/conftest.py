"""Sites of real WordPress for the tests that want one."""

from tests.real.conftest import new_site as new_site
