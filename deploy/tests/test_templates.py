"""The templates are well formed, say what they are meant to say for each choice of parameters, and leave nothing behind.

moto does not know Elastic Beanstalk's resources, so the application's template is looked at and not deployed: that AWS
accepts its options only AWS can show."""

import json
import re
import subprocess
import sys

import pytest

import templates
from processes import ROOT, run

# What has no default.
GIVEN = {
    "BundleBucket": "bucket",
    "BundleKey": "tic-tac-toe/play/1.zip",
    "SolutionStackName": "64bit Amazon Linux 2023 v4.3.0 running Go 1",
    "InstanceProfile": "profile",
    "ServiceRole": "role",
    "TablePrefix": "play-",
}
BALANCED = {"EnvironmentType": "LoadBalanced"}
CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
HTTPS = BALANCED | {"CertificateArn": CERTIFICATE, "PublicUrl": "https://game.example"}
TOLD = {"AlertEmail": "somebody@game.example"}


class Application:
    """The application's template with parameters put in."""

    def __init__(self, **parameters):
        self.template = templates.read("application")
        declared = self.template["Parameters"]
        unknown = set(parameters) - set(declared)
        assert not unknown
        defaults = {name: value["Default"] for name, value in declared.items() if "Default" in value}
        self.known = {"AWS::Region": "eu-central-1"} | defaults | GIVEN | parameters

    def holds(self, condition):
        (kind, of), = condition.items()
        if kind == "Fn::Not":
            return not self.holds(of[0])
        assert kind == "Fn::Equals"
        first, second = of
        return self.value(first) == self.value(second)

    def value(self, of):
        if isinstance(of, dict) and set(of) == {"Fn::If"}:
            condition, yes, no = of["Fn::If"]
            return self.value(yes if self.holds(self.template["Conditions"][condition]) else no)
        if isinstance(of, dict) and set(of) == {"Ref"}:
            # Of another resource: its name here.
            return self.known.get(of["Ref"], of["Ref"])
        if isinstance(of, dict) and set(of) == {"Fn::Sub"}:
            return re.sub(r"\$\{([^}]+)\}", lambda match: str(self.known.get(match[1], match[1])), of["Fn::Sub"])
        if isinstance(of, dict):
            return {key: self.value(item) for key, item in of.items()}
        if isinstance(of, list):
            return [item for item in map(self.value, of) if item != "AWS::NoValue"]
        return of

    def options(self):
        settings = self.value(self.template["Resources"]["Environment"]["Properties"]["OptionSettings"])
        options = {(one["Namespace"].removeprefix("aws:"), one["OptionName"]): str(one["Value"]) for one in settings}
        assert len(options) == len(settings), "an option is given twice"
        return options

    def environment(self):
        return {name: value for (space, name), value in self.options().items() if space.endswith("application:environment")}

    def health_rules(self):
        return json.loads(self.options()["elasticbeanstalk:healthreporting:system", "ConfigDocument"])

    def resources(self):
        """Those that are made."""
        def is_made(resource):
            return "Condition" not in resource or self.holds(self.template["Conditions"][resource["Condition"]])

        return {name: self.value(one["Properties"]) for name, one in self.template["Resources"].items() if is_made(one)}

    def refusals(self):
        rules = [rule for rule in self.template["Rules"].values() if self.holds(rule["RuleCondition"])]
        return [one["AssertDescription"] for rule in rules for one in rule["Assertions"] if not self.holds(one["Assert"])]


@pytest.mark.parametrize("name", templates.NAMES)
def test_cfn_lint_has_nothing_to_say(name):
    # Informational rules included.
    cfn_lint = [sys.executable, "-c", "from cfnlint.runner import main; main()"]
    command = [*cfn_lint, "--include-checks", "I", "--", templates.path(name)]
    linted = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (linted.returncode, linted.stdout + linted.stderr) == (0, "")


def test_a_single_instance_has_nothing_of_a_load_balancer():
    options = Application().options()
    assert options["elasticbeanstalk:environment", "EnvironmentType"] == "SingleInstance"
    autoscaling = ("autoscaling:asg", "autoscaling:trigger", "autoscaling:updatepolicy")
    balancing = ("elbv2:", "elasticbeanstalk:environment:process", *autoscaling)
    assert not [option for option in options if option[0].startswith(balancing) or option[1] == "LoadBalancerType"]
    assert options["elasticbeanstalk:command", "DeploymentPolicy"] == "AllAtOnce"


def test_a_load_balancer_looks_whether_the_server_lives_and_spreads_requests():
    options = Application(**BALANCED).options()
    process = "elasticbeanstalk:environment:process:default"
    assert options["elasticbeanstalk:environment", "LoadBalancerType"] == "application"
    assert (options[process, "HealthCheckPath"], options[process, "MatcherHTTPCode"]) == ("/livez", "200")
    assert options[process, "StickinessEnabled"] == "false"
    assert (options["autoscaling:asg", "MinSize"], options["autoscaling:asg", "MaxSize"]) == ("2", "4")


def test_a_load_balancer_waits_as_long_as_a_server_takes_to_drain_and_stop():
    source = (ROOT / "server/src/shutdown.rs").read_text()
    durations = re.findall(r"^(?:pub )?const \w+: Duration = Duration::from_secs\((\d+)\)", source, re.M)
    seconds = [int(number) for number in durations]
    assert len(seconds) == 2
    delay = int(Application(**BALANCED).options()["elasticbeanstalk:environment:process:default", "DeregistrationDelay"])
    assert sum(seconds) <= delay <= 2 * sum(seconds)


def test_versions_are_rolled_out_one_instance_at_a_time_and_one_more_than_before():
    options = Application(**BALANCED).options()
    command = {name: value for (space, name), value in options.items() if space == "elasticbeanstalk:command"}
    assert command == {"DeploymentPolicy": "RollingWithAdditionalBatch", "BatchSizeType": "Fixed", "BatchSize": "1"}
    update = {name: value for (space, name), value in options.items() if space == "autoscaling:updatepolicy:rollingupdate"}
    assert update == {"RollingUpdateEnabled": "true", "RollingUpdateType": "Health", "MaxBatchSize": "1"}


@pytest.mark.parametrize("parameters", [{}, BALANCED, {"PublicUrl": "https://game.example"}])
def test_without_a_certificate_there_is_no_https_listener(parameters):
    assert not [option for option in Application(**parameters).options() if option[0].startswith("elbv2:")]


def test_with_a_certificate_there_is_one_with_modern_tls_only():
    options = Application(**HTTPS).options()
    listener = {name: value for (space, name), value in options.items() if space == "elbv2:listener:443"}
    assert listener.pop("SSLPolicy").startswith("ELBSecurityPolicy-TLS13-1-2-Res-")
    assert listener == {"ListenerEnabled": "true", "Protocol": "HTTPS", "SSLCertificateArns": CERTIFICATE}
    # Plain HTTP comes in too, for the server to redirect.
    assert ("elbv2:listener:default", "ListenerEnabled") not in options


@pytest.mark.parametrize(
    ("parameters", "refused"),
    [
        ({}, []), (BALANCED, []), (HTTPS, []), ({"PublicUrl": "https://game.example"}, []),
        (HTTPS | {"EnvironmentType": "SingleInstance"}, ["EnvironmentType"]),
        (HTTPS | {"PublicUrl": ""}, ["PublicUrl"]),
    ],
)
def test_a_certificate_without_what_it_needs_is_refused(parameters, refused):
    refusals = Application(**parameters).refusals()
    assert len(refusals) == len(refused)
    assert all(f"{parameter} must" in refusal for parameter, refusal in zip(refused, refusals))


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, {"TTT_TRUSTED_PROXY": "127.0.0.1/32"}),
        (HTTPS, {"TTT_TRUSTED_PROXY": "127.0.0.1/32,172.31.0.0/16", "TTT_PUBLIC_URL": "https://game.example"}),
    ],
    ids=["single", "balanced"],
)
def test_the_server_understands_what_the_environment_tells_it(tmp_path, parameters, expected):
    environment = Application(**parameters).environment()
    assert environment == {"TTT_TABLE_PREFIX": "play-", "TTT_REGION": "eu-central-1"} | expected
    status, output, log = run(["config", "--database", "aws"], tmp_path, environment)
    assert status == 0, log
    for name, value in environment.items():
        (line,) = [line for line in output.splitlines() if name in line]
        assert all(part in line for part in value.split(",")), line


def test_instances_give_their_credentials_to_themselves_alone():
    for parameters in ({}, HTTPS):
        options = Application(**parameters).options()
        assert options["autoscaling:launchconfiguration", "DisableIMDSv1"] == "true"
        assert options["autoscaling:launchconfiguration", "IamInstanceProfile"] == "profile"
        assert not [name for _, name in options if name == "EC2KeyName"]


@pytest.mark.parametrize("logs", ["elasticbeanstalk:cloudwatch:logs", "elasticbeanstalk:cloudwatch:logs:health"])
def test_logs_are_streamed_kept_for_a_while_and_gone_with_the_environment(logs):
    options = Application(LogRetentionDays=3).options()
    switch = "HealthStreamingEnabled" if logs.endswith("health") else "StreamLogs"
    assert {name: value for (space, name), value in options.items() if space == logs} == {
        switch: "true", "DeleteOnTerminate": "true", "RetentionInDays": "3",
    }


def test_without_an_address_there_is_neither_budget_nor_alarm():
    assert set(Application().resources()) == {"Application", "ApplicationVersion", "Environment"}
    # Nor a metric that costs something.
    assert set(Application().health_rules()) == {"Rules", "Version"}


@pytest.mark.parametrize("parameters", [{}, BALANCED, TOLD], ids=["single", "balanced", "told"])
def test_answers_of_4xx_do_not_make_the_environment_ill(parameters):
    assert Application(**parameters).health_rules()["Rules"] == {
        "Environment": {
            "Application": {"ApplicationRequests4xx": {"Enabled": False}},
            "ELB": {"ELBRequests4xx": {"Enabled": False}},
        }
    }


def test_with_an_address_the_budget_warns_in_time():
    budget = Application(**TOLD, MonthlyBudget=7).resources()["Budget"]
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 7, "Unit": "USD"}
    warnings = budget["NotificationsWithSubscribers"]
    assert {(one["Notification"]["NotificationType"], one["Notification"]["Threshold"]) for one in warnings} == {
        ("ACTUAL", 50), ("ACTUAL", 80), ("FORECASTED", 100),
    }
    for one in warnings:
        assert one["Subscribers"] == [{"SubscriptionType": "EMAIL", "Address": TOLD["AlertEmail"]}]


def test_alarms_are_of_this_environment_and_these_tables_and_told_to_that_address(deployed):
    application = Application(**TOLD)
    resources = application.resources()
    assert resources["Alerts"]["Subscription"] == [{"Protocol": "email", "Endpoint": TOLD["AlertEmail"]}]
    alarms = {name: alarm for name, alarm in resources.items() if name.endswith("Alarm")}
    assert len(alarms) == 4
    tables = {arn.rpartition("/")[2] for name, arn in deployed.outputs.items() if not name.endswith("StreamArn")}
    watched = []
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == ["Alerts"]
        metrics = [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", []) if "MetricStat" in one] or [alarm]
        watched += [(metric["MetricName"], str(metric["Dimensions"])) for metric in metrics]
        for metric in metrics:
            dimensions = {one["Name"]: one["Value"] for one in metric["Dimensions"]}
            if metric["Namespace"] == "AWS/DynamoDB":
                assert dimensions["TableName"] in tables
            else:
                assert dimensions == {"EnvironmentName": "Environment"}
    # The metric that the platform publishes only when asked to.
    published = application.health_rules()["CloudWatchMetrics"]
    assert published == {"Environment": {alarms["FailedRequestsAlarm"]["MetricName"]: 60}, "Instance": {}}
    # More than ten with alarms would cost something (docs/cost.md).
    assert len(set(watched)) == len(watched) <= 10


def test_the_alarm_for_throttling_says_what_it_watches():
    alarm = Application(**TOLD).resources()["ThrottlesAlarm"]
    metrics = [one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one]
    watched = {(one["Dimensions"][0]["Value"].removeprefix("play-"), one["MetricName"]) for one in metrics}
    reads, writes = "ReadThrottleEvents", "WriteThrottleEvents"
    assert watched == {("Games", reads), ("Games", writes), ("Sessions", reads), ("Sessions", writes), ("Players", reads)}
    assert "reads or writes of Games or Sessions, or reads of Players" in alarm["AlarmDescription"]


def test_nothing_is_kept_when_the_stacks_are_deleted():
    for name in templates.NAMES:
        policies = [one.get("DeletionPolicy", "Delete") for one in templates.read(name)["Resources"].values()]
        assert set(policies) == {"Delete"}


def test_deleting_the_stacks_leaves_nothing(aws):
    def there():
        roles = aws.client("iam").list_roles()["Roles"]
        profiles = aws.client("iam").list_instance_profiles()["InstanceProfiles"]
        tables = aws.client("dynamodb").list_tables()["TableNames"]
        return {role["Arn"] for role in roles} | {profile["Arn"] for profile in profiles} | set(tables)

    before = there()
    aws.deploy("tables", "gone", TablePrefix="gone-")
    aws.deploy("role", "gone", TablePrefix="gone-")
    # Three tables, two roles, an instance profile.
    assert len(there() - before) == 6
    aws.delete("role", "gone")
    aws.delete("tables", "gone")
    assert there() == before
