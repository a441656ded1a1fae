"""`server tables create | describe | delete` creates, describes and deletes the same tables as the template, with the
requested settings.

moto's CloudFormation ignores time to live and point-in-time recovery. For these two settings, the tests compare the
command's tables with the template's text instead of its tables."""

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
    """Tables under a prefix of their own, and the command that manages them."""

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

    def existing_tables(self):
        names = self.dynamodb.list_tables()["TableNames"]
        return {name.removeprefix(self.prefix) for name in names if name.startswith(self.prefix)}

    def table(self, table):
        return self.dynamodb.describe_table(TableName=self.prefix + table)["Table"]

    def properties(self):
        """Returns the properties of the tables, except for those that differ between any two tables."""
        unique = {"TableName", "TableArn", "TableId", "CreationDateTime", "LatestStreamArn", "LatestStreamLabel"}
        properties = {}
        for table in TABLES:
            properties[table] = {key: value for key, value in self.table(table).items() if key not in unique}
            properties[table]["AttributeDefinitions"].sort(key=lambda attribute: attribute["AttributeName"])
        return properties

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
def test_the_command_and_the_template_create_the_same_tables(aws, environment, tmp_path, flags, parameters):
    environment.succeeds("create", *flags)
    of_template = Environment(aws, tmp_path)
    aws.deploy("tables", of_template.name, TablePrefix=of_template.prefix, **parameters)

    assert environment.properties() == of_template.properties()


def test_provisioned_capacity_applies_to_tables_and_indexes(environment):
    environment.succeeds("create", "--provisioned", "5/6")
    games = environment.table("Games")
    provisioned = [environment.table(table) for table in TABLES] + games["GlobalSecondaryIndexes"]
    assert len(provisioned) == 5
    for each in provisioned:
        units = each["ProvisionedThroughput"]
        assert (units["ReadCapacityUnits"], units["WriteCapacityUnits"]) == (5, 6)
    assert games["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    assert "Games: ACTIVE, 0 items, 0 bytes, 5 read and 6 write units a second" in environment.succeeds("describe")


def test_the_command_and_the_template_enable_time_to_live_on_the_same_tables(environment):
    environment.succeeds("create")
    for table in TABLES:
        specified = templates.read("tables")["Resources"][table]["Properties"].get("TimeToLiveSpecification")
        actual = environment.expiry(table)
        is_enabled = actual["TimeToLiveStatus"] in ("ENABLED", "ENABLING")
        assert is_enabled == bool(specified), table
        assert actual.get("AttributeName") == (specified or {}).get("AttributeName")


@pytest.mark.parametrize("enabled", [True, False])
def test_the_command_and_the_template_enable_point_in_time_recovery_on_request(environment, enabled):
    environment.succeeds("create", *["--point-in-time-recovery"] * enabled)
    assert [environment.recovery(table) for table in TABLES] == [enabled] * 3

    template = templates.read("tables")
    assert template["Conditions"]["HasRecovery"] == {"Fn::Equals": [{"Ref": "PointInTimeRecovery"}, "true"]}
    for table in TABLES:
        specified = template["Resources"][table]["Properties"]["PointInTimeRecoverySpecification"]
        assert specified == {"PointInTimeRecoveryEnabled": {"Fn::If": ["HasRecovery", True, False]}}


def test_creating_twice_is_safe_and_adds_the_requested_settings(environment):
    environment.succeeds("create")
    before = environment.properties()
    output = environment.succeeds("create")
    assert output.count("there already") == 3
    assert environment.properties() == before
    environment.succeeds("create", "--deletion-protection", "--point-in-time-recovery")
    assert all(environment.table(table)["DeletionProtectionEnabled"] for table in TABLES)
    assert all(environment.recovery(table) for table in TABLES)
    # A command without the flags does not disable the settings.
    environment.succeeds("create")
    assert all(environment.table(table)["DeletionProtectionEnabled"] for table in TABLES)


def test_protected_tables_are_deleted_only_after_the_suggested_command(environment):
    environment.succeeds("create", "--deletion-protection")
    assert "protected from deletion" in environment.succeeds("describe")
    for table in TABLES:
        name = environment.prefix + table
        status, _, log = environment.command("delete", "--yes")
        assert status == 1
        assert f"error: nothing was deleted: {name} is protected from deletion" in log
        assert f"`aws dynamodb update-table --table-name {name} --no-deletion-protection-enabled`" in log
        assert environment.existing_tables() == set(TABLES)
        environment.dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
    environment.succeeds("delete", "--yes")
    assert environment.existing_tables() == set()


def test_deleting_twice_is_safe_and_does_not_touch_other_tables(aws, environment, tmp_path):
    other = Environment(aws, tmp_path)
    environment.succeeds("create")
    other.succeeds("create")
    assert environment.succeeds("delete", "--yes").count(": deleted") == 3
    assert environment.succeeds("delete", "--yes").count(": not found") == 3
    assert environment.succeeds("describe").count(": not found") == 3
    assert other.existing_tables() == set(TABLES)


def test_a_server_without_tables_names_the_command_that_creates_them(environment):
    place = ["--database", "aws", "--listen", "127.0.0.1:0", "--endpoint", environment.aws.moto.url,
             "--region", REGION, "--table-prefix", environment.prefix]
    status, _, log = run(place, environment.directory)
    assert status == 1
    assert f"the table {environment.prefix}" in log and "create the tables with `server tables create`" in log
    assert environment.existing_tables() == set()
