import pytest

from aws import Aws, deploy
from processes import SERVER, Moto
from proxy import Proxy


@pytest.fixture(scope="session", autouse=True)
def server_is_built():
    if not SERVER.exists():
        pytest.exit(f"{SERVER} is missing: build it with `make build`, or say in SERVER_BIN where it is.")


@pytest.fixture(scope="session")
def moto(tmp_path_factory):
    """AWS for all tests that need no more than its services."""
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
def refusing(tmp_path_factory):
    """AWS that knows nobody, and so refuses everybody."""
    with Moto(tmp_path_factory.mktemp("refusing")) as moto:
        moto.enforce_iam()
        yield moto
