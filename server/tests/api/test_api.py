"""Every operation of the OpenAPI document, with valid and with invalid data."""

from pathlib import Path

import schemathesis
from schemathesis.core.parameters import ParameterLocation

import answers
import running_server
from situations import Situations

URL = running_server.start()
CONFIG = schemathesis.Config.from_path(Path(__file__).with_name("schemathesis.toml"))
DOCUMENT = schemathesis.openapi.from_url(f"{URL}/api/v1/openapi.json", config=CONFIG)
# These may end the session that they are sent with, so another player sends them.
ENDS_SESSION = {"register", "log_in", "log_out", "log_out_everywhere", "change_password", "delete_account"}

situations = Situations(URL)


@DOCUMENT.parametrize()
def test_operation(case):
    ends_session = case.operation.definition.raw["operationId"] in ENDS_SESSION
    player = situations.spare_player() if ends_session else situations.me
    situations.apply_to(case)
    if not case.meta.is_negative_at(ParameterLocation.COOKIE):
        case.cookies.update(player.cookies())
    response = case.call()
    answers.count(case.operation, response)
    case.validate_response(response)


def test_every_documented_success_was_given():
    operations = [result.ok() for result in DOCUMENT.get_all_operations()]
    missing = {operation.label: answers.successes_not_given(operation) for operation in operations}
    assert not {operation: statuses for operation, statuses in missing.items() if statuses}
