"""Contract suites are imported by those who have to pass them; their assertions explain themselves all the same."""

import pytest

pytest.register_assert_rewrite("tests.contracts.calendar_provider_contract")
