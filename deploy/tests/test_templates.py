"""The templates are valid, have the intended resources for each set of parameters, and leave nothing behind.

moto's CloudFormation does not support Elastic Beanstalk. The application's template is therefore evaluated but not
deployed: only AWS can confirm that it accepts the options."""

import json
import re
import subprocess
import sys

import pytest

import templates
from processes import ROOT, run

# The parameters without a default.
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
ALERTED = {"AlertEmail": "somebody@game.example"}


class Application:
    """The application's template, evaluated with parameters."""

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
            # A reference to another resource evaluates to the resource's name.
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
        """Returns the resources that exist with these parameters."""
        def exists(resource):
            return "Condition" not in resource or self.holds(self.template["Conditions"][resource["Condition"]])

        return {name: self.value(one["Properties"]) for name, one in self.template["Resources"].items() if exists(one)}

    def violations(self):
        rules = [rule for rule in self.template["Rules"].values() if self.holds(rule["RuleCondition"])]
        return [one["AssertDescription"] for rule in rules for one in rule["Assertions"] if not self.holds(one["Assert"])]


@pytest.mark.parametrize("name", templates.NAMES)
def test_cfn_lint_finds_nothing(name):
    # Include informational rules.
    cfn_lint = [sys.executable, "-c", "from cfnlint.runner import main; main()"]
    command = [*cfn_lint, "--include-checks", "I", "--", templates.path(name)]
    linted = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (linted.returncode, linted.stdout + linted.stderr) == (0, "")


def test_a_single_instance_has_no_options_of_a_load_balancer():
    options = Application().options()
    assert options["elasticbeanstalk:environment", "EnvironmentType"] == "SingleInstance"
    autoscaling = ("autoscaling:asg", "autoscaling:trigger", "autoscaling:updatepolicy")
    balancing = ("elbv2:", "elasticbeanstalk:environment:process", *autoscaling)
    assert not [option for option in options if option[0].startswith(balancing) or option[1] == "LoadBalancerType"]
    assert options["elasticbeanstalk:command", "DeploymentPolicy"] == "AllAtOnce"


def test_a_load_balancer_checks_liveness_and_distributes_requests():
    options = Application(**BALANCED).options()
    process = "elasticbeanstalk:environment:process:default"
    assert options["elasticbeanstalk:environment", "LoadBalancerType"] == "application"
    assert (options[process, "HealthCheckPath"], options[process, "MatcherHTTPCode"]) == ("/livez", "200")
    assert options[process, "StickinessEnabled"] == "false"
    assert (options["autoscaling:asg", "MinSize"], options["autoscaling:asg", "MaxSize"]) == ("2", "4")


def test_a_load_balancer_waits_until_a_server_has_drained_and_stopped():
    source = "".join((ROOT / "server/src/lifecycle" / name).read_text() for name in ("running.rs", "stop.rs"))
    durations = re.findall(r"^(?:pub )?const \w+: Duration = Duration::from_secs\((\d+)\)", source, re.M)
    seconds = [int(number) for number in durations]
    assert len(seconds) == 2
    delay = int(Application(**BALANCED).options()["elasticbeanstalk:environment:process:default", "DeregistrationDelay"])
    assert sum(seconds) <= delay <= 2 * sum(seconds)


def test_new_versions_are_rolled_out_one_by_one_with_an_additional_instance():
    options = Application(**BALANCED).options()
    command = {name: value for (space, name), value in options.items() if space == "elasticbeanstalk:command"}
    assert command == {"DeploymentPolicy": "RollingWithAdditionalBatch", "BatchSizeType": "Fixed", "BatchSize": "1"}
    update = {name: value for (space, name), value in options.items() if space == "autoscaling:updatepolicy:rollingupdate"}
    assert update == {"RollingUpdateEnabled": "true", "RollingUpdateType": "Health", "MaxBatchSize": "1"}


@pytest.mark.parametrize("parameters", [{}, BALANCED, {"PublicUrl": "https://game.example"}])
def test_without_a_certificate_there_is_no_https_listener(parameters):
    assert not [option for option in Application(**parameters).options() if option[0].startswith("elbv2:")]


def test_the_https_listener_accepts_only_modern_tls():
    options = Application(**HTTPS).options()
    listener = {name: value for (space, name), value in options.items() if space == "elbv2:listener:443"}
    assert listener.pop("SSLPolicy").startswith("ELBSecurityPolicy-TLS13-1-2-Res-")
    assert listener == {"ListenerEnabled": "true", "Protocol": "HTTPS", "SSLCertificateArns": CERTIFICATE}
    # Plain HTTP also reaches the server, which redirects it.
    assert ("elbv2:listener:default", "ListenerEnabled") not in options


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({}, []), (BALANCED, []), (HTTPS, []), ({"PublicUrl": "https://game.example"}, []),
        (HTTPS | {"EnvironmentType": "SingleInstance"}, ["EnvironmentType"]),
        (HTTPS | {"PublicUrl": ""}, ["PublicUrl"]),
    ],
)
def test_a_certificate_is_rejected_without_the_parameters_that_it_needs(parameters, named):
    violations = Application(**parameters).violations()
    assert len(violations) == len(named)
    assert all(f"{parameter} must" in violation for parameter, violation in zip(named, violations))


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, {"TTT_TRUSTED_PROXY": "127.0.0.1/32"}),
        (HTTPS, {"TTT_TRUSTED_PROXY": "127.0.0.1/32,172.31.0.0/16", "TTT_PUBLIC_URL": "https://game.example"}),
    ],
    ids=["single", "balanced"],
)
def test_the_server_accepts_the_environments_variables(tmp_path, parameters, expected):
    environment = Application(**parameters).environment()
    assert environment == {"TTT_TABLE_PREFIX": "play-", "TTT_REGION": "eu-central-1"} | expected
    status, output, log = run(["config", "--database", "aws"], tmp_path, environment)
    assert status == 0, log
    for name, value in environment.items():
        (line,) = [line for line in output.splitlines() if name in line]
        assert all(part in line for part in value.split(",")), line


def test_only_an_instance_itself_can_get_its_credentials():
    for parameters in ({}, HTTPS):
        options = Application(**parameters).options()
        assert options["autoscaling:launchconfiguration", "DisableIMDSv1"] == "true"
        assert options["autoscaling:launchconfiguration", "IamInstanceProfile"] == "profile"
        assert not [name for _, name in options if name == "EC2KeyName"]


@pytest.mark.parametrize("logs", ["elasticbeanstalk:cloudwatch:logs", "elasticbeanstalk:cloudwatch:logs:health"])
def test_logs_are_streamed_and_expire_and_are_deleted_with_the_environment(logs):
    options = Application(LogRetentionDays=3).options()
    switch = "HealthStreamingEnabled" if logs.endswith("health") else "StreamLogs"
    assert {name: value for (space, name), value in options.items() if space == logs} == {
        switch: "true", "DeleteOnTerminate": "true", "RetentionInDays": "3",
    }


def test_without_an_alert_address_there_is_no_budget_and_no_alarm():
    assert set(Application().resources()) == {"Application", "ApplicationVersion", "Environment"}
    # Nor is there a metric that costs money.
    assert set(Application().health_rules()) == {"Rules", "Version"}


@pytest.mark.parametrize("parameters", [{}, BALANCED, ALERTED], ids=["single", "balanced", "alerted"])
def test_4xx_responses_do_not_degrade_the_environments_health(parameters):
    assert Application(**parameters).health_rules()["Rules"] == {
        "Environment": {
            "Application": {"ApplicationRequests4xx": {"Enabled": False}},
            "ELB": {"ELBRequests4xx": {"Enabled": False}},
        }
    }


def test_the_budget_warns_the_alert_address_in_time():
    budget = Application(**ALERTED, MonthlyBudget=7).resources()["Budget"]
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 7, "Unit": "USD"}
    warnings = budget["NotificationsWithSubscribers"]
    assert {(one["Notification"]["NotificationType"], one["Notification"]["Threshold"]) for one in warnings} == {
        ("ACTUAL", 50), ("ACTUAL", 80), ("FORECASTED", 100),
    }
    for one in warnings:
        assert one["Subscribers"] == [{"SubscriptionType": "EMAIL", "Address": ALERTED["AlertEmail"]}]


def test_alarms_watch_this_environment_and_these_tables_and_notify_the_alert_address(deployed):
    application = Application(**ALERTED)
    resources = application.resources()
    assert resources["Alerts"]["Subscription"] == [{"Protocol": "email", "Endpoint": ALERTED["AlertEmail"]}]
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
    # The platform publishes this metric only on request.
    published = application.health_rules()["CloudWatchMetrics"]
    assert published == {"Environment": {alarms["FailedRequestsAlarm"]["MetricName"]: 60}, "Instance": {}}
    # More than ten metrics with alarms would cost money (docs/cost.md).
    assert len(set(watched)) == len(watched) <= 10


def test_the_description_of_the_throttling_alarm_names_its_metrics():
    alarm = Application(**ALERTED).resources()["ThrottlesAlarm"]
    metrics = [one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one]
    watched = {(one["Dimensions"][0]["Value"].removeprefix("play-"), one["MetricName"]) for one in metrics}
    reads, writes = "ReadThrottleEvents", "WriteThrottleEvents"
    assert watched == {("Games", reads), ("Games", writes), ("Sessions", reads), ("Sessions", writes), ("Players", reads)}
    assert "reads or writes of Games or Sessions, or reads of Players" in alarm["AlarmDescription"]


def test_no_resource_survives_the_deletion_of_its_stack():
    for name in templates.NAMES:
        policies = [one.get("DeletionPolicy", "Delete") for one in templates.read(name)["Resources"].values()]
        assert set(policies) == {"Delete"}


def test_deleting_the_stacks_leaves_nothing(aws):
    def resources():
        roles = aws.client("iam").list_roles()["Roles"]
        profiles = aws.client("iam").list_instance_profiles()["InstanceProfiles"]
        tables = aws.client("dynamodb").list_tables()["TableNames"]
        return {role["Arn"] for role in roles} | {profile["Arn"] for profile in profiles} | set(tables)

    before = resources()
    aws.deploy("tables", "gone", TablePrefix="gone-")
    aws.deploy("role", "gone", TablePrefix="gone-")
    # Three tables, two roles, an instance profile.
    assert len(resources() - before) == 6
    aws.delete("role", "gone")
    aws.delete("tables", "gone")
    assert resources() == before
