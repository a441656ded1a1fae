"""`server tables create | describe | delete` makes, shows and removes the same tables as the template, with the settings
that are asked for.

What moto can't show: its CloudFormation leaves out time to live and point-in-time recovery, so for these two the
command's tables are compared with what the template says instead of with what it makes."""

import uuid

import pytest

import templates
from processes import REGION, run

TABLES = ("Games", "Players", "Sessions")
SETTINGS = {
    "on demand": ([], {}),
    "provisioned": (
        ["--provisioned", "5/6"],
        {"Billing": "PROVISIONED", "ReadUnits": "5", "WriteUnits": "6"},
    ),
    "protected and recoverable": (
        ["--deletion-protection", "--point-in-time-recovery"],
        {"DeletionProtection": "true", "PointInTimeRecovery": "true"},
    ),
}


class Environment:
    """Tables under a prefix of their own, and the command about them."""

    def __init__(self, aws, directory):
        self.aws, self.directory = aws, directory
        self.name = f"t{uuid.uuid4().hex[:8]}"
        self.prefix = f"{self.name}-"
        self.dynamodb = aws.client("dynamodb")

    def command(self, *arguments):
        place = ["--database", "aws", "--endpoint", self.aws.moto.url, "--region", REGION, "--table-prefix", self.prefix]
        return run(["tables", *arguments, *place], self.directory / uuid.uuid4().hex)

    def succeeds(self, *arguments):
        status, output, log = self.command(*arguments)
        assert status == 0, log
        return output

    def there(self):
        names = self.dynamodb.list_tables()["TableNames"]
        return {name.removeprefix(self.prefix) for name in names if name.startswith(self.prefix)}

    def table(self, table):
        return self.dynamodb.describe_table(TableName=self.prefix + table)["Table"]

    def likeness(self):
        """What the tables are like, but for what differs between any two tables."""
        own = {"TableName", "TableArn", "TableId", "CreationDateTime", "LatestStreamArn", "LatestStreamLabel"}
        alike = {}
        for table in TABLES:
            alike[table] = {key: value for key, value in self.table(table).items() if key not in own}
            alike[table]["AttributeDefinitions"].sort(key=lambda attribute: attribute["AttributeName"])
        return alike

    def expiry(self, table):
        return self.dynamodb.describe_time_to_live(TableName=self.prefix + table)["TimeToLiveDescription"]

    def recovery(self, table):
        answer = self.dynamodb.describe_continuous_backups(TableName=self.prefix + table)
        recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        return recovery["PointInTimeRecoveryStatus"] == "ENABLED"


@pytest.fixture
def environment(aws, tmp_path):
    return Environment(aws, tmp_path)


@pytest.mark.parametrize(("flags", "parameters"), SETTINGS.values(), ids=SETTINGS)
def test_the_command_and_the_template_make_the_same_tables(aws, environment, tmp_path, flags, parameters):
    environment.succeeds("create", *flags)
    of_template = Environment(aws, tmp_path)
    aws.deploy("tables", of_template.name, TablePrefix=of_template.prefix, **parameters)

    assert environment.likeness() == of_template.likeness()


def test_provisioned_means_the_tables_and_their_indexes(environment):
    environment.succeeds("create", "--provisioned", "5/6")
    games = environment.table("Games")
    provisioned = [environment.table(table) for table in TABLES] + games["GlobalSecondaryIndexes"]
    assert len(provisioned) == 5
    for each in provisioned:
        units = each["ProvisionedThroughput"]
        assert (units["ReadCapacityUnits"], units["WriteCapacityUnits"]) == (5, 6)
    assert games["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    assert "Games: ACTIVE, 0 items, 0 bytes, 5 read and 6 write units a second" in environment.succeeds("describe")


def test_the_command_lets_expire_what_the_template_does(environment):
    environment.succeeds("create")
    for table in TABLES:
        said = templates.read("tables")["Resources"][table]["Properties"].get("TimeToLiveSpecification")
        done = environment.expiry(table)
        is_enabled = done["TimeToLiveStatus"] in ("ENABLED", "ENABLING")
        assert is_enabled == bool(said), table
        assert done.get("AttributeName") == (said or {}).get("AttributeName")


@pytest.mark.parametrize("wanted", [True, False])
def test_recovery_is_as_asked_for_in_the_command_and_in_the_template(environment, wanted):
    environment.succeeds("create", *["--point-in-time-recovery"] * wanted)
    assert [environment.recovery(table) for table in TABLES] == [wanted] * 3

    template = templates.read("tables")
    assert template["Conditions"]["CanBeRestored"] == {"Fn::Equals": [{"Ref": "PointInTimeRecovery"}, "true"]}
    for table in TABLES:
        said = template["Resources"][table]["Properties"]["PointInTimeRecoverySpecification"]
        assert said == {"PointInTimeRecoveryEnabled": {"Fn::If": ["CanBeRestored", True, False]}}


def test_creating_twice_is_safe_and_adds_what_is_asked_for(environment):
    environment.succeeds("create")
    before = environment.likeness()
    output = environment.succeeds("create")
    assert output.count("there already") == 3
    assert environment.likeness() == before
    environment.succeeds("create", "--deletion-protection", "--point-in-time-recovery")
    assert all(environment.table(table)["DeletionProtectionEnabled"] for table in TABLES)
    assert all(environment.recovery(table) for table in TABLES)
    # Not asking for it does not take it away.
    environment.succeeds("create")
    assert all(environment.table(table)["DeletionProtectionEnabled"] for table in TABLES)


def test_deleting_is_refused_under_protection_until_it_is_lifted_as_is_said(environment):
    environment.succeeds("create", "--deletion-protection")
    assert "protected from deletion" in environment.succeeds("describe")
    for table in TABLES:
        name = environment.prefix + table
        status, _, log = environment.command("delete", "--yes")
        assert status == 1
        assert f"error: nothing was deleted: {name} is protected from deletion" in log
        assert f"`aws dynamodb update-table --table-name {name} --no-deletion-protection-enabled`" in log
        assert environment.there() == set(TABLES)
        environment.dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
    environment.succeeds("delete", "--yes")
    assert environment.there() == set()


def test_deleting_twice_is_safe_and_leaves_other_environments_alone(aws, environment, tmp_path):
    other = Environment(aws, tmp_path)
    environment.succeeds("create")
    other.succeeds("create")
    assert environment.succeeds("delete", "--yes").count(": gone") == 3
    assert environment.succeeds("delete", "--yes").count("there is none") == 3
    assert environment.succeeds("describe").count("there is none") == 3
    assert other.there() == set(TABLES)


def test_a_server_says_which_command_creates_the_tables_that_it_misses(environment):
    place = ["--database", "aws", "--listen", "127.0.0.1:0", "--endpoint", environment.aws.moto.url,
             "--region", REGION, "--table-prefix", environment.prefix]
    status, _, log = run(place, environment.directory)
    assert status == 1
    assert f"the table {environment.prefix}" in log and "create the tables with `server tables create`" in log
    assert environment.there() == set()
