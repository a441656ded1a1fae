import pytest

from aws import Aws, deploy
from processes import SERVER, Moto
from proxy import Proxy


@pytest.fixture(scope="session", autouse=True)
def server_is_built():
    if not SERVER.exists():
        pytest.exit(f"{SERVER} is missing: build it with `make build`, or set SERVER_BIN to its path.")


@pytest.fixture(scope="session")
def moto(tmp_path_factory):
    """An imitation of AWS without access control, shared by all tests that do not need any."""
    with Moto(tmp_path_factory.mktemp("moto")) as moto:
        yield moto


@pytest.fixture(scope="session")
def aws(moto):
    return Aws(moto)


@pytest.fixture(scope="session")
def deployed(aws):
    return deploy(aws)


@pytest.fixture
def proxy(deployed):
    proxy = Proxy(deployed.aws.moto.port, deployed.tables)
    yield proxy
    proxy.stop()


@pytest.fixture(scope="session")
def rejecting_moto(tmp_path_factory):
    """An imitation of AWS without any accounts, which rejects all requests."""
    with Moto(tmp_path_factory.mktemp("rejecting")) as moto:
        moto.enforce_iam()
        yield moto
