"""The server's policy is enough, nothing in it is too much, and it names nothing but the server's own tables.

Three proofs, since no one of them can say it all:
- a proxy writes down every action on every table, index and stream while the server does all that it can do: these
  are exactly what the policy grants;
- moto enforces IAM on the names of the actions. It matches DynamoDB's against the resource `*` alone, so there the
  policy is a copy with that resource;
- the proxy refuses what the real policy, resources and all, does not allow. How it reads a policy is in policy.py.
In the last two, every single grant is taken away once, and then something breaks. What only AWS can prove: that its own
evaluation of the policy agrees.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

import scenario
import templates
from aws import PREFIX, Aws, deploy
from players import Broken
from policy import as_list, document, grants, kind, statements
from processes import Moto
from proxy import Proxy

PLACE = templates.place(PREFIX)
GRANTS = sorted(grants(statements(PLACE)))
ACTIONS = sorted({grant.action for grant in GRANTS})
# So many pairs of servers at once: two cores are then busy and nobody waits too long.
AT_ONCE = 6


class Outcome:
    """What came of playing under a policy."""

    def __init__(self, proxy, broken):
        # What was found not to work; None if all did.
        self.broken = broken
        self.asked = {(action, kind(resource)) for action, resource in proxy.asked()}
        self.refused = {(action, kind(resource)) for action, resource in proxy.refused}


def play(directory, deployed, grants=None, credentials=None):
    proxy = Proxy(deployed.aws.moto.port, deployed.tables, grants)
    broken = None
    try:
        with scenario.instances(directory, proxy, deployed.prefix, credentials) as servers:
            scenario.play(servers, proxy, deployed.streams)
    except Broken as error:
        broken = str(error)
    finally:
        proxy.stop()
    return Outcome(proxy, broken)


@pytest.fixture(scope="module")
def enforcing(tmp_path_factory):
    """Stacks in a moto that enforces IAM, and the credentials of roles by what was taken from their actions."""
    with Moto(tmp_path_factory.mktemp("enforcing")) as moto:
        deployed = deploy(Aws(moto))
        assume = deployed.aws.assume
        roles = {None: assume("complete", document(ACTIONS))}
        for action in ACTIONS:
            roles[action] = assume(f"without-{action.partition(':')[2]}", document(set(ACTIONS) - {action}))
        moto.enforce_iam()
        yield deployed, roles


@pytest.fixture(scope="module")
def outcomes(deployed, enforcing, tmp_path_factory):
    """Every play that the tests below look at, several at a time: by what was taken away, None for nothing."""
    enforcing, roles = enforcing
    directory = tmp_path_factory.mktemp("policies")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        plays = {("actions", without): pool.submit(
            play, directory / f"actions-{n}", enforcing, credentials=credentials
        ) for n, (without, credentials) in enumerate(roles.items())}
        plays |= {("grants", without): pool.submit(
            play, directory / f"grants-{n}", deployed, grants=set(GRANTS) - {without}
        ) for n, without in enumerate([None, *GRANTS])}
        yield plays
        for each in plays.values():
            each.cancel()


def kinds(of_grants):
    return {(grant.action, kind(grant.resource)) for grant in of_grants}


def test_what_the_server_asks_for_is_exactly_what_it_may(outcomes):
    outcome = outcomes["grants", None].result()
    assert outcome.broken is None
    assert outcome.asked == kinds(GRANTS)


def test_under_the_whole_policy_nothing_is_refused(outcomes):
    assert outcomes["grants", None].result().refused == set()


def test_under_exactly_its_actions_everything_works_where_iam_is_enforced(outcomes):
    outcome = outcomes["actions", None].result()
    assert outcome.broken is None
    assert outcome.refused == set()


@pytest.mark.parametrize("action", ACTIONS)
def test_without_an_action_something_breaks_where_iam_is_enforced(outcomes, action):
    outcome = outcomes["actions", action].result()
    # `pytest -rP` shows what it was.
    print(outcome.broken)
    assert outcome.broken
    assert {refused for refused, _ in outcome.refused} == {action}


@pytest.mark.parametrize("grant", GRANTS, ids=lambda grant: f"{grant.action}-{kind(grant.resource)}")
def test_without_an_action_on_one_resource_something_breaks(outcomes, grant):
    outcome = outcomes["grants", grant].result()
    print(outcome.broken)
    assert outcome.broken
    assert outcome.refused == {(grant.action, kind(grant.resource))}


def test_the_policy_is_deployed_as_it_was_tested(deployed):
    role = deployed.role["InstanceRoleArn"].rpartition("/")[2]
    assert deployed.aws.role_policy(role, "server")["Statement"] == statements(PLACE)


def test_the_policy_names_every_resource_of_the_tables_stack_and_no_other(deployed):
    resources = deployed.resources()
    assert {kind(resource) for resource in resources} == {kind(grant.resource) for grant in GRANTS}
    for grant in GRANTS:
        (named,) = [resource for resource in resources if grant.allows(grant.action, resource)]
        assert kind(named) == kind(grant.resource)


def test_each_role_is_for_one_service():
    def who(role):
        (statement,) = templates.read("role")["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        return templates.substituted(statement["Principal"]["Service"], PLACE), statement.get("Condition")

    assert who("InstanceRole") == ("ec2.amazonaws.com", None)
    beanstalk = {"StringEquals": {"sts:ExternalId": "elasticbeanstalk"}}
    assert who("ServiceRole") == ("elasticbeanstalk.amazonaws.com", beanstalk)


def test_no_pattern_is_wider_than_the_label_of_a_stream():
    for action, resource in GRANTS:
        assert "*" not in action and "?" not in action
        assert "?" not in resource and "*" not in resource.removesuffix("/stream/*")


NEIGHBOURS = [
    "table/*", "table/Games", "table/other-play-Games", "table/play-", "table/play-Games/backup/1",
    "table/play-Games/index/other-index", "table/play-Games2", "table/play-Games2/stream/1", "table/play-Players2",
    "table/play-Players/index/HostId-StatusDate-index", "table/play-Players/stream/1", "table/play-games",
]


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_the_policy_allows_nothing_on_what_is_not_the_servers(deployed, neighbour):
    resource = deployed.tables.removesuffix("table/") + neighbour
    assert not [grant for grant in GRANTS if grant.allows(grant.action, resource)]


@pytest.mark.parametrize("elsewhere", [{"region": "us-east-1"}, {"account": "210987654321"}, {"partition": "aws-cn"}])
def test_the_policy_holds_in_its_own_region_account_and_partition_alone(elsewhere):
    there = grants(statements(templates.place(PREFIX, **elsewhere)))
    assert len(there) == len(GRANTS)
    assert not [pair for pair in there if any(grant.allows(*pair) for grant in GRANTS)]


@pytest.fixture(scope="module")
def managed(aws):
    """What AWS's own policies of the two roles allow and forbid. moto's CloudFormation does not attach them, but moto
    knows them by their ARNs, as they were when it was released."""
    iam = aws.client("iam")
    found = {}
    for role in ("InstanceRole", "ServiceRole"):
        arns = templates.read("role")["Resources"][role]["Properties"]["ManagedPolicyArns"]
        for arn in templates.substituted(arns, PLACE):
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
            found[role, arn.rpartition("/")[2]] = document["Statement"]
    return found


def test_the_managed_policies_of_the_roles_exist(managed):
    assert set(managed) == {
        ("InstanceRole", "AWSElasticBeanstalkWebTier"),
        ("ServiceRole", "AWSElasticBeanstalkEnhancedHealth"),
        ("ServiceRole", "AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy"),
    }


def services(of_statements):
    return {action.partition(":")[0] for statement in of_statements for action in as_list(statement["Action"])}


def test_beside_its_tables_an_instance_has_only_what_the_platform_needs(deployed, managed):
    role = deployed.role["InstanceRoleArn"].rpartition("/")[2]
    (denied,) = deployed.aws.role_policy(role, "not-needed")["Statement"]
    assert denied["Effect"] == "Deny" and denied["Resource"] == "*"
    assert all(action.endswith(":*") for action in denied["Action"])
    allowed = services(managed["InstanceRole", "AWSElasticBeanstalkWebTier"])
    assert allowed - services([denied]) == {"s3", "logs", "elasticbeanstalk"}
    # Nothing is denied that is not given: a name that is mistyped would show.
    assert services([denied]) <= allowed
