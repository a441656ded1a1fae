"""The server's policy is sufficient, contains no unused permission, and names only the server's own tables.

Three tests complement each other:
- A proxy records every action on every table, index and stream while the server uses all its features. The record
  equals the policy's grants.
- moto enforces IAM for the names of the actions. It compares DynamoDB's resources only with `*`, so this test uses a
  copy of the policy with that resource.
- The proxy rejects whatever the real policy, including its resources, does not allow. policy.py evaluates the policy.
The last two also remove each single permission once, and then a feature fails. Only AWS can confirm that its own
evaluation of the policy agrees.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

import scenario
import templates
from aws import PREFIX, Aws, deploy
from players import Failure
from policy import as_list, document, grants, kind, statements
from processes import Moto
from proxy import Proxy

STACK = templates.pseudo_parameters(PREFIX)
GRANTS = sorted(grants(statements(STACK)))
ACTIONS = sorted({grant.action for grant in GRANTS})
# The number of concurrent scenarios. It keeps two cores busy without timeouts.
WORKERS = 6


class Outcome:
    """The result of a scenario under a policy."""

    def __init__(self, proxy, failure):
        # The message of the first failure, or None.
        self.failure = failure
        self.requested = {(action, kind(resource)) for action, resource in proxy.requested()}
        self.denied = {(action, kind(resource)) for action, resource in proxy.denied}


def play(directory, deployed, grants=None, credentials=None):
    proxy = Proxy(deployed.aws.moto.port, deployed.tables, grants)
    failure = None
    try:
        with scenario.instances(directory, proxy, deployed.prefix, credentials) as servers:
            scenario.play(servers, proxy, deployed.streams)
    except Failure as error:
        failure = str(error)
    finally:
        proxy.stop()
    return Outcome(proxy, failure)


@pytest.fixture(scope="module")
def enforcing(tmp_path_factory):
    """Stacks in a moto that enforces IAM, and the credentials of roles, by the action that each role lacks."""
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
    """The outcomes of all scenarios, by the permission that was removed, or None. They run concurrently."""
    enforcing, roles = enforcing
    directory = tmp_path_factory.mktemp("policies")
    with ThreadPoolExecutor(WORKERS) as pool:
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


def test_the_server_uses_exactly_the_permissions_of_the_policy(outcomes):
    outcome = outcomes["grants", None].result()
    assert outcome.failure is None
    assert outcome.requested == kinds(GRANTS)


def test_the_complete_policy_denies_nothing(outcomes):
    assert outcomes["grants", None].result().denied == set()


def test_everything_works_with_exactly_the_policys_actions_when_iam_is_enforced(outcomes):
    outcome = outcomes["actions", None].result()
    assert outcome.failure is None
    assert outcome.denied == set()


@pytest.mark.parametrize("action", ACTIONS)
def test_a_feature_fails_without_any_one_action_when_iam_is_enforced(outcomes, action):
    outcome = outcomes["actions", action].result()
    # `pytest -rP` shows the failure.
    print(outcome.failure)
    assert outcome.failure
    assert {denied for denied, _ in outcome.denied} == {action}


@pytest.mark.parametrize("grant", GRANTS, ids=lambda grant: f"{grant.action}-{kind(grant.resource)}")
def test_a_feature_fails_without_any_one_action_on_one_resource(outcomes, grant):
    outcome = outcomes["grants", grant].result()
    print(outcome.failure)
    assert outcome.failure
    assert outcome.denied == {(grant.action, kind(grant.resource))}


def test_the_deployed_policy_is_the_tested_one(deployed):
    role = deployed.role["InstanceRoleArn"].rpartition("/")[2]
    assert deployed.aws.role_policy(role, "server")["Statement"] == statements(STACK)


def test_the_policy_names_all_resources_of_the_tables_stack_and_no_others(deployed):
    resources = deployed.resources()
    assert {kind(resource) for resource in resources} == {kind(grant.resource) for grant in GRANTS}
    for grant in GRANTS:
        (named,) = [resource for resource in resources if grant.allows(grant.action, resource)]
        assert kind(named) == kind(grant.resource)


def test_each_role_can_be_assumed_by_one_service():
    def principal(role):
        (statement,) = templates.read("role")["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        return templates.substituted(statement["Principal"]["Service"], STACK), statement.get("Condition")

    assert principal("InstanceRole") == ("ec2.amazonaws.com", None)
    beanstalk = {"StringEquals": {"sts:ExternalId": "elasticbeanstalk"}}
    assert principal("ServiceRole") == ("elasticbeanstalk.amazonaws.com", beanstalk)


def test_the_only_wildcard_is_the_label_of_a_stream():
    for action, resource in GRANTS:
        assert "*" not in action and "?" not in action
        assert "?" not in resource and "*" not in resource.removesuffix("/stream/*")


OTHER_RESOURCES = [
    "table/*", "table/Games", "table/other-play-Games", "table/play-", "table/play-Games/backup/1",
    "table/play-Games/index/other-index", "table/play-Games2", "table/play-Games2/stream/1", "table/play-Players2",
    "table/play-Players/index/HostId-StatusDate-index", "table/play-Players/stream/1", "table/play-games",
]


@pytest.mark.parametrize("other", OTHER_RESOURCES)
def test_the_policy_allows_nothing_on_other_resources(deployed, other):
    resource = deployed.tables.removesuffix("table/") + other
    assert not [grant for grant in GRANTS if grant.allows(grant.action, resource)]


@pytest.mark.parametrize("elsewhere", [{"region": "us-east-1"}, {"account": "210987654321"}, {"partition": "aws-cn"}])
def test_the_policy_applies_only_to_its_own_region_account_and_partition(elsewhere):
    there = grants(statements(templates.pseudo_parameters(PREFIX, **elsewhere)))
    assert len(there) == len(GRANTS)
    assert not [pair for pair in there if any(grant.allows(*pair) for grant in GRANTS)]


@pytest.fixture(scope="module")
def managed(aws):
    """The statements of the AWS managed policies of both roles, as of moto's release. moto's CloudFormation does not
    attach them, but its IAM has them."""
    iam = aws.client("iam")
    found = {}
    for role in ("InstanceRole", "ServiceRole"):
        arns = templates.read("role")["Resources"][role]["Properties"]["ManagedPolicyArns"]
        for arn in templates.substituted(arns, STACK):
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


def test_apart_from_its_tables_an_instance_can_use_only_the_platforms_services(deployed, managed):
    role = deployed.role["InstanceRoleArn"].rpartition("/")[2]
    (denied,) = deployed.aws.role_policy(role, "not-needed")["Statement"]
    assert denied["Effect"] == "Deny" and denied["Resource"] == "*"
    assert all(action.endswith(":*") for action in denied["Action"])
    allowed = services(managed["InstanceRole", "AWSElasticBeanstalkWebTier"])
    assert allowed - services([denied]) == {"s3", "logs", "elasticbeanstalk"}
    # Each denied service is one that the managed policy allows, so a misspelt name would fail here.
    assert services([denied]) <= allowed
